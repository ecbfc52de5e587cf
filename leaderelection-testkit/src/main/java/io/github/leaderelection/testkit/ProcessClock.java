package io.github.leaderelection.testkit;

import java.time.Duration;
import java.time.Instant;

/** What one process takes for the time: a monotonic clock with an origin and a rate of its own, and a wall clock beside it. */
final class ProcessClock {

    private static final Instant WALL_TIME_AT_START = Instant.parse("2026-01-01T00:00:00Z");

    /** Far apart, so that code that compares the clocks of two processes shows itself. */
    private static final long APART_NANOS = Duration.ofDays(1000).toNanos();

    private double rate = 1;
    private long baseNanos;
    private long baseLocalNanos;
    private Duration wallOffset = Duration.ZERO;

    ProcessClock(int number, long nowNanos) {
        baseNanos = nowNanos;
        baseLocalNanos = number * APART_NANOS;
    }

    /** What the monotonic clock shows at that virtual time. */
    long localNanos(long nanos) {
        return baseLocalNanos + (long) ((nanos - baseNanos) * rate);
    }

    /** The first virtual time, from now on, at which the monotonic clock shows so much; never, if it stands still. */
    long virtualNanos(long localNanos, long nowNanos) {
        long left = localNanos - localNanos(nowNanos);
        if (left <= 0) {
            return nowNanos;
        }
        double away = left / rate;
        if (away >= Long.MAX_VALUE / 4.0) {
            return Long.MAX_VALUE;
        }
        long nanos = nowNanos + Math.max(1, (long) away - 1);
        while (localNanos(nanos) < localNanos) {
            nanos++;
        }
        return nanos;
    }

    Instant wallTime(long nanos) {
        return WALL_TIME_AT_START.plusNanos(nanos).plus(wallOffset);
    }

    void changeRate(double newRate, long nowNanos) {
        baseLocalNanos = localNanos(nowNanos);
        baseNanos = nowNanos;
        rate = newRate;
    }

    void changeWallOffset(Duration offset) {
        wallOffset = offset;
    }
}
