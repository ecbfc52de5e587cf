package io.github.leaderelection.cli;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.cli.DemoStage.Start;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Three candidates, one election, and bad luck for whoever leads. All that it prints was measured. */
final class Demo {

    /** What becomes of a leader. */
    private enum Fate {
        CLOSED("closed in order: it stops, then releases the record"),
        KILLED("killed: it is never heard of again, and its lease must run out"),
        CUT_OFF("cut off from the lock, but alive: it must stop by itself, before its lease runs out"),
        STEPPED_DOWN("told to step down: it stops, releases, and lets the others go first");

        private final String words;

        Fate(String words) {
            this.words = words;
        }
    }

    /** How long the election went without a leader. */
    private record Takeover(Fate fate, String from, String to, double millis) {}

    private static final List<Fate> PLOT = List.of(
            Fate.CLOSED, Fate.KILLED, Fate.STEPPED_DOWN, Fate.CUT_OFF, Fate.KILLED, Fate.CLOSED, Fate.STEPPED_DOWN);

    /** So that the new leader renews a few times before it meets its own fate, and people can follow. */
    private static final long REST_MILLIS = 800;

    private final DemoStage stage;
    private final InMemorySpace space = new InMemorySpace();
    private final Map<String, DemoCandidate> candidates = new ConcurrentHashMap<>();
    private final List<Takeover> takeovers = new ArrayList<>();

    Demo(PrintStream out) {
        stage = new DemoStage(out);
    }

    /** Runs the demo; about 15 seconds. */
    void run() throws InterruptedException {
        stage.print("Three candidates, one election, one lock in memory. Lease "
                + DemoCandidate.LEASE_DURATION.toMillis() + " ms, renew deadline "
                + DemoCandidate.RENEW_DEADLINE.toMillis() + " ms, retry period "
                + DemoCandidate.RETRY_PERIOD.toMillis() + " ms.");
        stage.print("");
        try (LeaderCensus census = new LeaderCensus(this::leaderships)) {
            census.begin();
            stage.say("  a, b and c campaign");
            List.of("a", "b", "c").forEach(this::enter);
            stage.awaitStart(1);
            for (Fate fate : PLOT) {
                Thread.sleep(REST_MILLIS);
                play(fate);
            }
            Thread.sleep(REST_MILLIS);
            stage.print("");
            stage.say("  the demo is over, and all are closed");
            closeAll();
            conclude(census.counts());
        } finally {
            closeAll();
        }
    }

    /** The leader last, so that nobody takes over. */
    private void closeAll() {
        List<DemoCandidate> leaders = new ArrayList<>();
        for (DemoCandidate candidate : candidates.values()) {
            if (candidate.leadership().isPresent()) {
                leaders.add(candidate);
            } else {
                candidate.close();
            }
        }
        leaders.forEach(DemoCandidate::close);
    }

    private void enter(String name) {
        DemoCandidate candidate = new DemoCandidate(name, space, stage);
        candidates.put(name, candidate);
        candidate.start();
    }

    private Collection<Optional<Leadership>> leaderships() {
        return candidates.values().stream().map(DemoCandidate::leadership).toList();
    }

    private void play(Fate fate) throws InterruptedException {
        int tenures = stage.starts().size();
        String name = stage.starts().get(tenures - 1).leader();
        DemoCandidate leader = Optional.ofNullable(candidates.get(name))
                .orElseThrow(() -> new IllegalStateException("no candidate is named " + name));
        stage.print("");
        stage.say("! " + name + " is " + fate.words);
        long hit = System.nanoTime();
        switch (fate) {
            case CLOSED -> leader.close();
            case KILLED -> leader.kill();
            case CUT_OFF -> leader.cutOff();
            case STEPPED_DOWN -> leader.stepDown();
        }
        Start next = stage.awaitStart(tenures + 1);
        Takeover takeover = new Takeover(fate, name, next.leader(), (next.atNanos() - hit) / 1e6);
        takeovers.add(takeover);
        stage.say("  takeover after " + text(takeover.millis()));
        comeBack(fate, leader);
    }

    private void comeBack(Fate fate, DemoCandidate candidate) {
        switch (fate) {
            case CLOSED -> enter(candidate.name());
            case KILLED -> {
                candidate.forget();
                enter(candidate.name());
            }
            case CUT_OFF -> candidate.heal();
            case STEPPED_DOWN -> {
                return;
            }
        }
        stage.say("  " + candidate.name() + " is back, and campaigns");
    }

    private void conclude(LeaderCensus.Counts counts) {
        stage.print("");
        stage.print(String.format(Locale.ROOT, "%-14s %-12s %s", "The leader was", "from -> to", "takeover after"));
        for (Takeover takeover : takeovers) {
            String fate = takeover.fate().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            stage.print(String.format(
                    Locale.ROOT,
                    "%-14s %-12s %14s",
                    fate,
                    takeover.from() + " -> " + takeover.to(),
                    text(takeover.millis())));
        }
        stage.print("");
        stage.print("Fencing tokens, which grow with every tenure: "
                + stage.starts().stream().map(Start::token).map(String::valueOf).collect(Collectors.joining(" < ")));
        stage.print(String.format(
                Locale.ROOT,
                "All candidates were asked %d times whether they lead: nobody did %d times, one did %d times,"
                        + " two or more did %d times.",
                counts.total(),
                counts.none(),
                counts.one(),
                counts.more()));
    }

    private static String text(double millis) {
        return String.format(Locale.ROOT, "%.1f ms", millis);
    }
}
