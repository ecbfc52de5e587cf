package io.github.leaderelection.core;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Instant;

/** The system's clocks, and a timer. */
record SystemTimeSource(TaskTimer timer) implements TimeSource {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        return timer.schedule(task, delayNanos);
    }
}
