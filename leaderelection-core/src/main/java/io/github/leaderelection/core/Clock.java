package io.github.leaderelection.core;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Instant;

/** A time source whose nanoseconds count from when this clock was made, so that they never overflow and compare simply. */
final class Clock {

    private final TimeSource source;
    private final long originNanos;

    Clock(TimeSource source) {
        this.source = source;
        originNanos = source.nanoTime();
    }

    long nowNanos() {
        return source.nanoTime() - originNanos;
    }

    TimeSource source() {
        return source;
    }

    /** A time of this clock as the source tells it, and so for other clocks of that source. */
    long atSource(long nanos) {
        return originNanos + nanos;
    }

    /** A time of the source on this clock. */
    long ofSource(long sourceNanos) {
        return sourceNanos - originNanos;
    }

    Instant wallTime() {
        return source.wallTime();
    }

    Subscription schedule(Runnable task, long delayNanos) {
        return source.schedule(task, delayNanos);
    }
}
