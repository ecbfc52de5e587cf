package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.Store;
import io.github.leaderelection.benchmarks.report.Samples;
import io.github.leaderelection.benchmarks.report.Section;
import io.github.leaderelection.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What elections cost while nothing happens. */
final class Loads {

    static final String STEADY = "steady";
    static final String MANY = "many";
    static final String HUGE = "huge";

    private static final int SMALL_CROWD = 20;
    private static final int MANY_COUNT = 500;
    private static final String SETTINGS =
            "leaderelection, fabric8 and client-java run with 15 s, 10 s and 2 s, Curator and "
                    + "jetcd with sessions of 5 s. Each elector has a fresh JVM; those over different servers run at the same time. "
                    + "The server counts what it takes in: etcd messages, ZooKeeper packets with pings, kube-apiserver requests for "
                    + "Leases.";

    private interface Row {
        List<String> of(Load load, Load.Result result);
    }

    private Loads() {}

    /** One election, with few and with many candidates, who share a client or do not. */
    static Section steady(Plan plan) throws Exception {
        List<Load> loads = new ArrayList<>();
        for (ElectorKind kind : ElectorKind.values()) {
            if (!kind.isDefault()) {
                continue;
            }
            for (int candidates : plan.crowdMax() > SMALL_CROWD
                    ? new int[] {SMALL_CROWD, plan.crowdMax()}
                    : new int[] {SMALL_CROWD}) {
                for (boolean shared : new boolean[] {false, true}) {
                    loads.add(new Load(kind, 1, candidates, shared, false, plan.settleSeconds(), plan.steadySeconds()));
                }
            }
        }
        return new Section(
                STEADY,
                "Steady state, one election",
                "One leader renews, the others stand by, for " + plan.steadySeconds() + " s. " + SETTINGS,
                new Table(
                        List.of(
                                "server",
                                "elector",
                                "candidates",
                                "clients",
                                "requests per s",
                                "threads added",
                                "CPU ms per candidate and minute"),
                        measure(loads, Loads::steadyRow)),
                Optional.empty());
    }

    private static List<String> steadyRow(Load load, Load.Result result) {
        return List.of(
                load.kind().store().title(),
                load.kind().title(),
                Integer.toString(load.candidates()),
                load.shared() ? "shared" : "own",
                Samples.text(result.requestsPerSecond()),
                Integer.toString(result.figures().threadsAdded()),
                Samples.text(
                        result.figures().cpuMillis() * 60 / result.figures().seconds() / load.candidates()));
    }

    /** Many elections, each with one candidate. */
    static Section many(Plan plan) throws Exception {
        List<Load> loads = new ArrayList<>();
        for (ElectorKind kind : ElectorKind.values()) {
            loads.add(new Load(kind, MANY_COUNT, 1, true, false, plan.settleSeconds(), plan.manySeconds()));
        }
        return new Section(
                MANY,
                MANY_COUNT + " elections, one client",
                "This process leads all of them, for " + plan.manySeconds() + " s. " + SETTINGS,
                new Table(
                        List.of(
                                "server",
                                "elector",
                                "threads added",
                                "heap per elector, KiB",
                                "CPU, % of a core",
                                "requests per s",
                                "leaderships lost"),
                        measure(loads, Loads::manyRow)),
                Optional.empty());
    }

    private static List<String> manyRow(Load load, Load.Result result) {
        LoadFigures figures = result.figures();
        return List.of(
                load.kind().store().title(),
                load.kind().title(),
                Integer.toString(figures.threadsAdded()),
                Samples.text(figures.heapKibibytesPerCandidate()),
                Samples.text(figures.corePercent()),
                Samples.text(result.requestsPerSecond()),
                Long.toString(figures.lossCount()));
    }

    /** As many as nobody has. */
    static Section huge(Plan plan) throws Exception {
        // Each with an observed lease costs a write in two seconds: a fifth of them has etcd write its log a thousand
        // times a second.
        List<Load> loads = List.of(
                huge(ElectorKind.OURS_ETCD, plan.hugeCount(), plan),
                huge(ElectorKind.OURS_ETCD_OBSERVED, plan.hugeCount() / 5, plan));
        return new Section(
                HUGE,
                plan.hugeCount() + " elections, one etcd client",
                "leaderelection leads all of them from one process, for " + plan.hugeSeconds()
                        + " s, with 15 s, 10 s and "
                        + "2 s, once they have led for " + plan.hugeSettleSeconds()
                        + " s: by then the JVM has compiled "
                        + "most of what they run. Evenness is the standard deviation of the writes sent in a tenth of a second over their "
                        + "mean; beside it, what it would be for renewals at random times.",
                new Table(
                        List.of(
                                "elector",
                                "elections",
                                "leaderships lost",
                                "threads added",
                                "heap per election, KiB",
                                "CPU, % of a core",
                                "requests per s",
                                "writes of records per s",
                                "evenness",
                                "at random"),
                        measure(loads, Loads::hugeRow)),
                Optional.empty());
    }

    private static Load huge(ElectorKind kind, int elections, Plan plan) {
        return new Load(kind, elections, 1, true, true, plan.hugeSettleSeconds(), plan.hugeSeconds());
    }

    private static List<String> hugeRow(Load load, Load.Result result) {
        LoadFigures figures = result.figures();
        double perSecond = figures.writeCount() / figures.seconds();
        return List.of(
                load.kind().title(),
                Integer.toString(load.elections()),
                Long.toString(figures.lossCount()),
                Integer.toString(figures.threadsAdded()),
                Samples.text(figures.heapKibibytesPerCandidate()),
                Samples.text(figures.corePercent()),
                Samples.text(result.requestsPerSecond()),
                Samples.text(perSecond),
                perSecond == 0 ? "" : Samples.text(figures.variation()),
                perSecond == 0 ? "" : Samples.text(1 / Math.sqrt(perSecond / 10)));
    }

    /** Those over one server one after the other; the rows in the order of the loads. */
    private static List<List<String>> measure(List<Load> loads, Row row) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<List<List<String>>>> pending = new ArrayList<>();
            for (Store store : Store.values()) {
                List<Load> over = loads.stream()
                        .filter(load -> load.kind().store() == store)
                        .toList();
                if (!over.isEmpty()) {
                    pending.add(threads.submit(() -> measure(store, over, row)));
                }
            }
            List<List<String>> rows = new ArrayList<>();
            for (Future<List<List<String>>> each : pending) {
                rows.addAll(each.get());
            }
            return rows;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<List<String>> measure(Store store, List<Load> loads, Row row) throws InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        try (Server server = Server.start(store)) {
            for (Load load : loads) {
                rows.add(row.of(load, load.measure(server)));
            }
        }
        return rows;
    }
}
