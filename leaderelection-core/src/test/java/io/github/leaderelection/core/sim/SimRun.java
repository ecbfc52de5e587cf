package io.github.leaderelection.core.sim;

import org.jspecify.annotations.Nullable;

/** Plays seeds, and makes of a violation something that can be read and replayed. */
final class SimRun {

    /** What came of one seed. */
    record Outcome(Simulation simulation, @Nullable SimViolation violation) {}

    private static final int LAST_LINES = 80;
    private static final int LEASES_DRAWN = 8;

    private final double hours;
    private final Weather.Rates rates;
    private final boolean audited;

    /** {@code hours} is how long a simulation is on average over many seeds; one of short leases is shorter. */
    SimRun(double hours, Weather.Rates rates) {
        this(hours, rates, true);
    }

    /** Unless it is {@code audited} only histories are judged, and no single step. */
    SimRun(double hours, Weather.Rates rates, boolean audited) {
        this.hours = hours;
        this.rates = rates;
        this.audited = audited;
    }

    private double leases() {
        return hours * 3600e9 / Weather.MEAN_LEASE_NANOS;
    }

    Outcome play(long seed) {
        return play(seed, null);
    }

    Outcome play(long seed, @Nullable Transcript transcript) {
        Simulation simulation = new Simulation(seed, leases(), rates, audited, transcript);
        try {
            simulation.play();
            return new Outcome(simulation, null);
        } catch (SimViolation violation) {
            return new Outcome(simulation, violation);
        }
    }

    /** All that happens, line by line. */
    String transcript(long seed) {
        Transcript transcript = new Transcript();
        play(seed, transcript);
        return transcript.text();
    }

    /** All that there is to say of a seed that fails. */
    String explain(long seed) {
        Transcript transcript = new Transcript();
        Outcome outcome = play(seed, transcript);
        Simulation simulation = outcome.simulation();
        simulation.processes().forEach(SimProcess::endStretches);
        long end = simulation.agenda().now();
        long drawn = LEASES_DRAWN * simulation.weather().common().leaseNanos();
        return "seed " + seed + " at " + Transcript.seconds(end) + ": "
                + (outcome.violation() == null
                        ? "no violation"
                        : outcome.violation().getMessage()) + "\n"
                + simulation.weather() + "\n"
                + transcript.last(LAST_LINES) + "\n"
                + transcript.timeline(Math.max(0, end - drawn), end)
                + "replay: scripts/simulate --seed " + seed + " --hours " + hours
                + (rates == Weather.Rates.BEYOND ? " --beyond" : "") + " --transcript\n";
    }
}
