package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.BareWrites;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.OurElectors;
import io.github.leaderelection.benchmarks.electors.Store;
import io.github.leaderelection.benchmarks.report.Samples;
import io.github.leaderelection.benchmarks.report.Section;
import io.github.leaderelection.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Handoffs among very many candidates: how long they take, and how many of the losers' writes fail. */
final class Crowds {

    static final String NAME = "crowd";

    private static final int WARM_UP_COUNT = 3;
    /** So that all have seen who leads. */
    private static final long BETWEEN_MILLIS = 500;

    private Crowds() {}

    static Section measure(Plan plan) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        for (ElectorKind kind : ElectorKind.values()) {
            if (kind.isOurs() && kind.isDefault()) {
                measure(kind, plan, rows);
            }
        }
        return new Section(
                NAME,
                "Handoff among " + plan.crowdMax() + " candidates",
                "leaderelection, all candidates in one JVM with one client: from `stepDown()` until another one is told that "
                        + "it leads, and how many writes were refused in the meantime and half a second after because "
                        + "somebody else had written.",
                new Table(Table.row(List.of("server", "figure"), Samples.HEADERS), rows),
                Optional.empty());
    }

    private static void measure(ElectorKind kind, Plan plan, List<List<String>> rows) throws Exception {
        Store store = kind.store();
        WriteCounts counts = new WriteCounts();
        List<Double> millis = new ArrayList<>();
        List<Double> bareMillis = new ArrayList<>();
        List<Double> conflicts = new ArrayList<>();
        try (Server server = Server.start(store);
                BareWrites bare = BareWrites.to(store, server.address());
                Field field = Field.of(
                        kind,
                        () -> ((OurElectors) kind.connect(server.address(), kind.steadyTiming()))
                                .wrapping(counts::counting),
                        plan.crowdMax(),
                        true)) {
            for (int i = 0; i < WARM_UP_COUNT + plan.crowdHandoffCount(); i++) {
                TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
                long before = counts.conflicts();
                double took = field.handOverNanos() / 1e6;
                TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
                if (i >= WARM_UP_COUNT) {
                    millis.add(took);
                    conflicts.add((double) (counts.conflicts() - before));
                    bareMillis.add(Handoffs.twoWritesMillis(bare));
                }
            }
        }
        rows.add(Table.row(
                List.of(store.title(), "handoff, ms"), Samples.of(millis).cells()));
        rows.add(Table.row(
                List.of(store.title(), "two bare writes, ms"),
                Samples.of(bareMillis).cells()));
        rows.add(Table.row(
                List.of(store.title(), "refused writes"), Samples.of(conflicts).cells()));
    }
}
