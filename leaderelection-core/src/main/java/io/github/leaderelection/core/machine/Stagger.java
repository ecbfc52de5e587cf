package io.github.leaderelection.core.machine;

import java.util.random.RandomGenerator;

/**
 * How long a candidate holds back when the record becomes free. Of many candidates that all write at once, one succeeds and the
 * others cost the backend a failed write each. Nobody knows how many there are; but one of a few wins now and then. So the
 * first lost races in a row cost nothing; with each further one the pause is drawn from a window that is eight times as wide, up
 * to the retry period. Most of a crowd are then shown who leads before their pause is over. Those who led of late
 * do not pause at all, so that a handoff among few, or among a few of many, is as quick as it can be.
 */
final class Stagger {

    private static final int LOSSES_WITHOUT_PAUSE = 2;

    private final MachineSettings settings;
    private final RandomGenerator random;
    private int losses;
    private long pauseNanos;

    Stagger(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Another record stands there, or none: the next race is for that. */
    void draw() {
        long window = windowNanos();
        pauseNanos = window == 0 ? 0 : (long) (random.nextDouble() * window);
    }

    /** Out of which the pause is drawn. */
    private long windowNanos() {
        int wider = losses - LOSSES_WITHOUT_PAUSE;
        if (wider < 0) {
            return 0;
        }
        long firstWindowNanos = settings.retryNanos() / 128;
        long widestNanos = settings.staggerNanos();
        return wider > 2 ? widestNanos : Math.min(widestNanos, firstWindowNanos << 3 * wider);
    }

    /** The pause after the record has become free. */
    long pauseNanos() {
        return pauseNanos;
    }

    void lost() {
        losses++;
    }

    void won() {
        losses = 0;
        pauseNanos = 0;
    }
}
