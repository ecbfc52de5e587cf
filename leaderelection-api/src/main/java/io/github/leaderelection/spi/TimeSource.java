package io.github.leaderelection.spi;

import java.time.Instant;

/**
 * The clocks and the timer that an elector runs on. Electors use the system's unless the configuration gives another; the
 * in-memory lock has one that a test moves by hand.
 */
public interface TimeSource {

    /** Monotonic nanoseconds, as {@link System#nanoTime()}: only differences mean anything. */
    long nanoTime();

    /** The wall clock, which is written into records to be shown, and never compared. */
    Instant wallTime();

    /**
     * Runs {@code task} once, {@code delayNanos} from now or as soon after that as can be; at once if it is not positive.
     * The task returns at once and does not throw.
     *
     * @return cancels the task if it has not begun
     */
    Subscription schedule(Runnable task, long delayNanos);
}
