package io.github.leaderelection.core.sim;

import java.time.Instant;

/** What one process takes for the time: a monotonic clock with an offset and a rate of its own, and a wall clock that jumps. */
final class SimClock {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private double rate;
    private long baseReal;
    private long baseLocal;
    private long wallOffset;

    SimClock(double rate, long realNanos, long localNanos, long wallOffset) {
        this.rate = rate;
        baseReal = realNanos;
        baseLocal = localNanos;
        this.wallOffset = wallOffset;
    }

    /** The monotonic clock at this real time. */
    long local(long real) {
        return baseLocal + (long) ((real - baseReal) * rate);
    }

    /** The first real time, from {@code now} on, at which the monotonic clock shows {@code local} or more. */
    long realAt(long local, long now) {
        if (local(now) >= local) {
            return now;
        }
        long real = Math.max(now + 1, baseReal + (long) ((local - baseLocal) / rate));
        while (local(real) < local) {
            real++;
        }
        while (real > now && local(real - 1) >= local) {
            real--;
        }
        return real;
    }

    /** The real time, no sooner than that of the last change of the rate, that lies so many local nanoseconds before this one. */
    long before(long real, long localNanos) {
        return Math.max(baseReal, real - (long) (localNanos / rate));
    }

    /** From now on goes so many local nanoseconds per real one. */
    void changeRate(double newRate, long now) {
        baseLocal = local(now);
        baseReal = now;
        rate = newRate;
    }

    double rate() {
        return rate;
    }

    void jumpWall(long nanos) {
        wallOffset += nanos;
    }

    Instant wall(long real) {
        return EPOCH.plusNanos(real + wallOffset);
    }
}
