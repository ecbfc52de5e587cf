package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.BareWrites;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.Store;
import io.github.leaderelection.benchmarks.report.RangePlot;
import io.github.leaderelection.benchmarks.report.Samples;
import io.github.leaderelection.benchmarks.report.Section;
import io.github.leaderelection.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Leaders that give up in order: from their call until another candidate is told that it leads. */
final class Handoffs {

    static final String NAME = "handoff";

    private static final int CANDIDATE_COUNT = 3;
    private static final int WARM_UP_COUNT = 10;
    private static final int POLLING_WARM_UP_COUNT = 1;
    /** So that who gave up stands in line again, as it does in life. */
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Plan plan;
    private final List<List<String>> rows = new ArrayList<>();
    private final RangePlot plot = new RangePlot("Graceful handoff among three candidates", "ms", true);

    private Handoffs(Plan plan) {
        this.plan = plan;
    }

    static Section measure(Plan plan) throws Exception {
        Handoffs handoffs = new Handoffs(plan);
        for (Store store : Store.values()) {
            handoffs.over(store);
        }
        return handoffs.section();
    }

    private void over(Store store) throws Exception {
        try (Server server = Server.start(store);
                BareWrites writes = BareWrites.to(store, server.address())) {
            List<Field> fields = new ArrayList<>();
            try {
                for (ElectorKind kind : ElectorKind.over(store)) {
                    fields.add(Field.of(kind, server.address(), CANDIDATE_COUNT, false));
                }
                measure(fields, writes).forEach((title, millis) -> tell(store, title, Samples.of(millis)));
            } finally {
                fields.forEach(Field::close);
            }
        }
    }

    private Map<String, List<Double>> measure(List<Field> fields, BareWrites writes) throws Exception {
        for (int i = 0; i < WARM_UP_COUNT; i++) {
            twoWritesMillis(writes);
            handOver(fields, i < POLLING_WARM_UP_COUNT);
        }
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        int perPollingHandoff = plan.handoffCount() / plan.pollingHandoffCount();
        for (int i = 0; i < plan.handoffCount(); i++) {
            handOver(fields, i % perPollingHandoff == 0).forEach((title, millis) -> add(figures, title, millis));
            add(figures, "two bare writes", twoWritesMillis(writes));
        }
        return figures;
    }

    private static void add(Map<String, List<Double>> figures, String title, double millis) {
        figures.computeIfAbsent(title, none -> new ArrayList<>()).add(millis);
    }

    /** One handoff of each elector after another, those that poll only if so. */
    private static Map<String, Double> handOver(List<Field> fields, boolean pollingToo) throws InterruptedException {
        Map<String, Double> millis = new LinkedHashMap<>();
        for (Field field : fields) {
            if (pollingToo || !field.kind().polls()) {
                millis.put(field.kind().title(), field.handOverNanos() / 1e6);
                LockSupport.parkNanos(BETWEEN_NANOS);
            }
        }
        return millis;
    }

    static double twoWritesMillis(BareWrites writes) throws Exception {
        long begin = System.nanoTime();
        writes.write();
        writes.write();
        return (System.nanoTime() - begin) / 1e6;
    }

    private void tell(Store store, String title, Samples samples) {
        rows.add(Table.row(List.of(store.title(), title), samples.cells()));
        plot.add(title + ", " + store.title(), samples, title.startsWith(ElectorKind.OURS_ETCD.title()));
    }

    private Section section() {
        return new Section(
                NAME,
                "Graceful handoff, ms",
                "Three candidates, each with a client of its own, in one JVM: from the call with which the leader gives up "
                        + "(`stepDown()`, `close()`, `resign`, `cancel`) until another one is told that it leads. Then the "
                        + "one that gave up is back as a candidate. The electors over one server take turns, handoff by "
                        + "handoff; so do two writes, one after the other, without any election: what a release and an "
                        + "acquisition take at the least. fabric8 and client-java poll, every 2 s as their leader renews.",
                new Table(Table.row(List.of("server", "elector"), Samples.HEADERS), rows),
                Optional.of(plot.toSvg()));
    }
}
