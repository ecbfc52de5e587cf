package io.github.leaderelection.it;

import io.github.leaderelection.cli.EventLine.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures, over each real backend and with the default durations (15 s, 10 s, 2 s), how fast leadership goes from one
 * process to the next, and what a steady election costs. Prints tables in Markdown. No test: nothing here passes or
 * fails. From the root of the repository:
 * <pre>
 * mvn -q -pl integration-tests -am verify -DskipTests -DskipITs -Pfigures
 * mvn -q -pl integration-tests -am verify -DskipTests -DskipITs -Pfigures -Dfigures="sigterm=20 sigkill=10 steady=60"
 * mvn -q -pl integration-tests -am verify -DskipTests -DskipITs -Pfigures -Dfigures="backend=ZOOKEEPER steady=60"
 * </pre>
 * The arguments say over which backend alone, how many leaders are ended with SIGTERM, how many with SIGKILL, and for how
 * many seconds the steady state is watched; 0 leaves one out.
 */
final class FailoverFigures {

    private static final int CANDIDATE_COUNT = 3;
    private static final int STEADY_CANDIDATE_COUNT = 20;

    private FailoverFigures() {}

    /** Measures. */
    public static void main(String[] arguments) {
        Map<String, Integer> counts = new TreeMap<>(Map.of("sigterm", 20, "sigkill", 10, "steady", 60));
        List<BackendKind> kinds = List.of(BackendKind.values());
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length == 2 && parts[0].equals("backend")) {
                kinds = List.of(BackendKind.valueOf(parts[1]));
            } else if (parts.length == 2 && counts.containsKey(parts[0])) {
                counts.put(parts[0], Integer.valueOf(parts[1]));
            } else {
                throw new IllegalArgumentException("expected backend with one of " + List.of(BackendKind.values())
                        + ", or " + counts.keySet() + " with numbers, as in sigterm=20, but got '" + argument + "'");
            }
        }
        System.out.printf(
                "JDK %s, %d processors%n%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors());
        for (BackendKind kind : kinds) {
            ends(kind, counts.getOrDefault("sigterm", 0), counts.getOrDefault("sigkill", 0));
            steady(kind, counts.getOrDefault("steady", 0));
        }
    }

    private static void ends(BackendKind kind, int sigterms, int sigkills) {
        System.out.println("| " + kind + ", three candidates, in ms | n | min | median | max |");
        System.out.println("|---|---|---|---|---|");
        try (Backend backend = kind.open();
                Candidates candidates = new Candidates("figures/ends", Timing.DEFAULT);
                RecordTrail trail = new RecordTrail(backend, candidates.election())) {
            for (int i = 0; i < CANDIDATE_COUNT; i++) {
                enter(candidates, backend);
            }
            candidates.awaitLeader();
            sigterms(sigterms, candidates, backend);
            sigkills(sigkills, candidates, backend, trail);
            Tenure.assertOrdered(candidates.tenures());
            complain(candidates);
        }
    }

    /** What they logged goes to the standard error, because figures of an election in trouble would mislead. */
    private static void complain(Candidates candidates) {
        candidates.all().stream()
                .filter(candidate -> !candidate.errors().isEmpty())
                .forEach(candidate -> System.err.print(candidate.id() + ":\n" + candidate.errors()));
    }

    /** Returns when the new candidate knows the leader, and so watches. */
    private static void enter(Candidates candidates, Backend backend) {
        String id = "candidate-" + (candidates.all().size() + 1);
        candidates.start(id, backend.settings(), "--release-on-cancel").await(Event.NEWLEADER);
    }

    private static void sigterms(int count, Candidates candidates, Backend backend) {
        List<Long> sinceStopped = new ArrayList<>();
        List<Long> sinceSignal = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CandidateProcess leader = candidates.awaitLeader();
            int tenures = candidates.tenures().size();
            long signal = System.currentTimeMillis();
            leader.terminate();
            Tenure next = candidates.awaitTenure(tenures + 1);
            leader.exitCode();
            sinceStopped.add(
                    next.beginMillis() - candidates.tenures().get(tenures - 1).endMillis());
            sinceSignal.add(next.beginMillis() - signal);
            enter(candidates, backend);
        }
        row("SIGTERM with --release-on-cancel, from the old leader's STOPPED to the next STARTED", sinceStopped);
        row("SIGTERM with --release-on-cancel, from the signal to the next STARTED", sinceSignal);
    }

    /** The last renewal counts from the look that did not see it yet: at worst it looks slower than it was. */
    private static void sigkills(int count, Candidates candidates, Backend backend, RecordTrail trail) {
        List<Long> sinceRenewal = new ArrayList<>();
        List<Long> overLease = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CandidateProcess leader = candidates.awaitLeader();
            trail.awaitWrites(2);
            int tenures = candidates.tenures().size();
            Waits.letPass(Timing.DEFAULT.retry().multipliedBy(i).dividedBy(count));
            leader.kill();
            Tenure next = candidates.awaitTenure(tenures + 1);
            long waited = next.beginMillis() - trail.lastOf(leader.id()).earliestMillis();
            sinceRenewal.add(waited);
            overLease.add(waited - Timing.DEFAULT.lease().toMillis());
            enter(candidates, backend);
        }
        row("SIGKILL, from the last renewal to the next STARTED", sinceRenewal);
        row("the same, less the lease duration", overLease);
    }

    private static void row(String what, List<Long> measured) {
        if (measured.isEmpty()) {
            return;
        }
        List<Long> sorted = measured.stream().sorted().toList();
        int count = sorted.size();
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2.0;
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.1f | %d |%n",
                what,
                count,
                sorted.get(0),
                median,
                sorted.get(count - 1));
    }

    private static void steady(BackendKind kind, int seconds) {
        if (seconds == 0) {
            return;
        }
        try (Backend backend = kind.open();
                Candidates candidates = new Candidates("figures/steady", Timing.DEFAULT)) {
            for (int i = 0; i < STEADY_CANDIDATE_COUNT; i++) {
                enter(candidates, backend);
            }
            Waits.letPass(Timing.DEFAULT.retry().multipliedBy(2));
            Map<String, Long> before = backend.requestCounts();
            Waits.letPass(Duration.ofSeconds(seconds));
            Map<String, Long> after = backend.requestCounts();
            System.out.printf(
                    "%n| %s, %d candidates, %d s: counted at the server | requests |%n|---|---|%n",
                    kind, STEADY_CANDIDATE_COUNT, seconds);
            after.forEach((method, count) -> {
                long delta = count - before.getOrDefault(method, 0L);
                if (delta != 0) {
                    System.out.printf("| %s | %d |%n", method, delta);
                }
            });
            long tenures = candidates.tenures().size();
            System.out.printf("%nAll other counts: 0. Tenures since the beginning: %d.%n", tenures);
            complain(candidates);
        }
    }
}
