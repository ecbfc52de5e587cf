package io.github.leaderelection.benchmarks;

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
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Leaders whose JVM is killed: from the signal until the survivor says that it leads. */
final class Crashes {

    static final String NAME = "crash";

    private static final long BOUND_SECONDS = 120;
    /** Between saying that it stands by and the crash, so that it has come to rest. */
    private static final long STANDBY_MILLIS = 3000;

    private Crashes() {}

    static Section measure(Plan plan) throws Exception {
        Map<ElectorKind, Future<Samples>> pending = new LinkedHashMap<>();
        List<List<String>> rows = new ArrayList<>();
        RangePlot plot = new RangePlot("Crash of the leader: takeover later than the lease allows it", "ms", false);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Server etcd = Server.start(Store.ETCD);
                Server zooKeeper = Server.start(Store.ZOOKEEPER);
                Server kubernetes = Server.start(Store.KUBERNETES)) {
            for (Server server : List.of(etcd, zooKeeper, kubernetes)) {
                for (ElectorKind kind : ElectorKind.over(server.store())) {
                    if (kind.isDefault()) {
                        pending.put(kind, threads.submit(() -> crash(kind, server, plan.crashCount())));
                    }
                }
            }
            for (Map.Entry<ElectorKind, Future<Samples>> each : pending.entrySet()) {
                ElectorKind kind = each.getKey();
                Samples samples = each.getValue().get();
                String lease = kind.crashTiming().lease().toSeconds() + " s";
                rows.add(Table.row(List.of(kind.store().title(), kind.title(), lease), samples.cells()));
                plot.add(kind.title() + ", " + kind.store().title(), samples, kind.isOurs());
            }
        } finally {
            threads.shutdownNow();
        }
        return new Section(
                NAME,
                "Crash failover, ms beyond the lease",
                "The leader's JVM is killed with SIGKILL; another candidate stands by in a JVM of its own. From the signal "
                        + "until the survivor is told that it leads, minus the lease or session. Negative is what may be: a "
                        + "lease counts from the last renewal, which was before the kill. All electors go through this at "
                        + "the same time.",
                new Table(Table.row(List.of("server", "elector", "lease"), Samples.HEADERS), rows),
                Optional.of(plot.toSvg()));
    }

    private static Samples crash(ElectorKind kind, Server server, int count) throws InterruptedException {
        String election = "crash-" + UUID.randomUUID();
        List<Double> figures = new ArrayList<>();
        List<Child> children = new ArrayList<>();
        try {
            Child leader = start(kind, server, election, children);
            leader.await("LEADS", BOUND_SECONDS);
            for (int i = 0; i < count; i++) {
                Child survivor = start(kind, server, election, children);
                survivor.await("READY", BOUND_SECONDS);
                long within = kind.crashTiming().retry().toMillis(); // anywhere between two renewals
                TimeUnit.MILLISECONDS.sleep(
                        STANDBY_MILLIS + ThreadLocalRandom.current().nextLong(within));
                long begin = System.nanoTime();
                leader.kill();
                long took = survivor.await("LEADS", BOUND_SECONDS).nanos() - begin;
                figures.add((took - kind.crashTiming().lease().toNanos()) / 1e6);
                leader = survivor;
            }
            return Samples.of(figures);
        } finally {
            children.forEach(Child::close);
        }
    }

    private static Child start(ElectorKind kind, Server server, String election, List<Child> children) {
        Child child = Child.start(
                CandidateMain.class,
                "256m",
                server.address(),
                List.of(kind.name(), election, "candidate-" + children.size()));
        children.add(child);
        return child;
    }
}
