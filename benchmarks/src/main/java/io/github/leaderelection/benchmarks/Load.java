package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.ElectorKind;
import java.util.List;

/**
 * Elections that go on and on, in a JVM of their own.
 *
 * @param kind of the electors
 * @param elections how many
 * @param candidates of each
 * @param shared whether all share one client, or have one each
 * @param counted whether this project's writes are counted
 * @param settleSeconds after all have a leader, before the measurement
 * @param seconds of the measurement
 */
record Load(
        ElectorKind kind,
        int elections,
        int candidates,
        boolean shared,
        boolean counted,
        int settleSeconds,
        int seconds) {

    private static final long START_SECONDS_MAX = 600;
    private static final long END_SECONDS_MAX = 60;

    /** What a load has cost its JVM, and how many requests per second its server. */
    record Result(LoadFigures figures, double requestsPerSecond) {}

    Result measure(Server server) throws InterruptedException {
        List<String> arguments = List.of(
                kind.name(),
                Integer.toString(elections),
                Integer.toString(candidates),
                shared ? "shared" : "own",
                counted ? "counted" : "uncounted",
                Integer.toString(settleSeconds),
                Integer.toString(seconds));
        try (Child child = Child.start(LoadMain.class, "1g", server.address(), arguments)) {
            child.await("BEGIN", START_SECONDS_MAX);
            long before = server.requests().getAsLong();
            long begin = System.nanoTime();
            String end = child.await("END ", seconds + END_SECONDS_MAX).text();
            double took = (System.nanoTime() - begin) / 1e9;
            return new Result(
                    LoadFigures.parse(end.substring("END ".length())),
                    (server.requests().getAsLong() - before) / took);
        }
    }
}
