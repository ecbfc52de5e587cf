package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionConfig;
import java.util.random.RandomGenerator;

/** How long to wait before the next try: an eighth of the retry period, doubling up to the whole, the latter half random. */
final class Backoff {

    private final MachineSettings settings;
    private final RandomGenerator random;
    private int failures;
    private long notBeforeNanos;

    Backoff(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    void failed(long nowNanos) {
        long capNanos = settings.retryNanos();
        long whole = Math.min(capNanos, capNanos / 8 << Math.min(failures, 3));
        failures++;
        notBeforeNanos = nowNanos + whole / 2 + (long) (random.nextDouble() * (whole / 2.0));
    }

    /** Whether the last try failed. */
    boolean isFailing() {
        return failures > 0;
    }

    void reset(long nowNanos) {
        failures = 0;
        notBeforeNanos = nowNanos;
    }

    /** Tries at {@code atNanos} at the earliest, without counting a failure. */
    void holdUntil(long atNanos) {
        notBeforeNanos = atNanos;
    }

    long notBeforeNanos() {
        return notBeforeNanos;
    }

    /** The pause of a candidate that polls, spread so that many do not poll at once. */
    static long jittered(long periodNanos, RandomGenerator random) {
        return periodNanos + (long) (random.nextDouble() * LeaderElectionConfig.JITTER_FACTOR * periodNanos);
    }
}
