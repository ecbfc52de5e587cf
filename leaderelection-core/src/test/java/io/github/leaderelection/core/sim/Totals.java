package io.github.leaderelection.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The sums over many seeds, from several threads. */
final class Totals {

    private static final int VIOLATIONS_KEPT = 20;

    private final long[] faults = new long[Fault.values().length];
    private final List<Long> failed = new ArrayList<>();
    private long seeds;
    private long quietSeeds;
    private long simulatedMicros;
    private long steps;
    private long violations;
    long tenures;
    long overlaps;
    private long overlapsExcused;
    private long sessionsOpened;
    private long sessionsExpired;
    private long writesOffered;
    private long writesRefused;
    private long wallNanos;

    /** Plays so many seeds from {@code base} on, on so many threads. */
    static Totals play(SimRun run, long base, long count, int threads) throws InterruptedException {
        Totals totals = new Totals();
        long begun = System.nanoTime();
        AtomicLong next = new AtomicLong(base);
        List<Thread> players = new ArrayList<>();
        List<Throwable> bugs = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread player = new Thread(() -> totals.playAll(run, next, base + count), "simulator-" + i);
            player.setUncaughtExceptionHandler((thread, bug) -> {
                synchronized (bugs) {
                    bugs.add(bug);
                }
            });
            player.start();
            players.add(player);
        }
        for (Thread player : players) {
            player.join();
        }
        totals.wallNanos = System.nanoTime() - begun;
        if (!bugs.isEmpty()) {
            throw new IllegalStateException("the simulator itself has failed", bugs.get(0));
        }
        return totals;
    }

    private void playAll(SimRun run, AtomicLong next, long end) {
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            SimRun.Outcome outcome;
            try {
                outcome = run.play(seed);
            } catch (RuntimeException bug) {
                throw new IllegalStateException("seed " + seed, bug);
            }
            add(outcome);
        }
    }

    private synchronized void add(SimRun.Outcome outcome) {
        Simulation simulation = outcome.simulation();
        History history = simulation.history();
        seeds++;
        quietSeeds += simulation.weather().quiet ? 1 : 0;
        simulatedMicros += simulation.agenda().now() / 1000;
        steps += simulation.steps();
        tenures += history.tenures;
        overlaps += history.overlaps;
        overlapsExcused += history.overlapsExcused;
        sessionsOpened += simulation.sessions().opened;
        sessionsExpired += simulation.sessions().expired;
        writesOffered += history.writesOffered;
        writesRefused += history.writesRefused;
        for (int i = 0; i < faults.length; i++) {
            faults[i] += simulation.faults()[i];
        }
        if (outcome.violation() != null) {
            violations++;
            if (failed.size() < VIOLATIONS_KEPT) {
                failed.add(simulation.seed());
            }
        }
    }

    /** The first seeds that failed. */
    List<Long> failed() {
        return failed;
    }

    double hours() {
        return simulatedMicros / 3600e6;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "seeds %,d (quiet %,d)  simulated hours %,.0f  steps %,d  tenures %,d  violations %,d  wall time %.1f s%n",
                seeds, quietSeeds, hours(), steps, tenures, violations, wallNanos / 1e9));
        text.append(String.format(
                "register writes %,d, of which refused as stale %,d  overlaps %,d  overlaps excused %,d%n"
                        + "sessions %,d, of which expired %,d%nfaults:",
                writesOffered, writesRefused, overlaps, overlapsExcused, sessionsOpened, sessionsExpired));
        for (Fault fault : Fault.values()) {
            text.append(
                    String.format(" %s=%,d", fault.name().toLowerCase(java.util.Locale.ROOT), faults[fault.ordinal()]));
        }
        return text.append('\n').toString();
    }
}
