package io.github.leaderelection.core.sim;

import java.util.function.LongFunction;

/** Plays one seed for whoever has loaded this class with a machine of his own; answers with the check that failed, or "". */
public final class Probe implements LongFunction<String> {

    /** Short, so that many seeds fit into the time; the trouble per lease is the same. */
    private static final double HOURS = 12;

    private final SimRun run;

    /** For reflection; {@code audited} as in {@link SimRun}. */
    public Probe(boolean audited) {
        run = new SimRun(HOURS, Weather.Rates.WITHIN, audited);
    }

    @Override
    public String apply(long seed) {
        SimViolation violation = run.play(seed).violation();
        return violation == null ? "" : violation.check();
    }
}
