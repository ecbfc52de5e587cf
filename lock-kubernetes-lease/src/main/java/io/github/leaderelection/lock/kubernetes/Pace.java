package io.github.leaderelection.lock.kubernetes;

import java.util.function.LongSupplier;

/**
 * How often something may be begun: a number of times at once, and after that at even intervals. What has not been begun for
 * a while may be made up for, up to that number. May be used from any thread.
 */
final class Pace {

    private final long intervalNanos;
    private final long burstNanos;
    private final LongSupplier nanoTime;
    /** When the last one was, or will be, if all were begun at even intervals. Guarded by this. */
    private long lastNanos;

    Pace(int burst, long intervalNanos, LongSupplier nanoTime) {
        this.intervalNanos = intervalNanos;
        this.burstNanos = burst * intervalNanos;
        this.nanoTime = nanoTime;
        lastNanos = nanoTime.getAsLong() - burstNanos;
    }

    /** Plans one more. In how many nanoseconds it may be begun: zero if at once. */
    synchronized long plan() {
        long now = nanoTime.getAsLong();
        long earliest = now - burstNanos;
        lastNanos = (lastNanos - earliest > 0 ? lastNanos : earliest) + intervalNanos;
        return Math.max(0, lastNanos - now);
    }
}
