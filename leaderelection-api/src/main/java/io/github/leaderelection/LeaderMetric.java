package io.github.leaderelection;

import java.time.Duration;

/**
 * Where one elector reports its figures. Calls come from the loop of the elector and must return at once.
 *
 * @see MetricsProvider
 */
public interface LeaderMetric {

    /** This process leads the election {@code name}. */
    void on(String name);

    /** This process does not lead the election {@code name}. Called once when an elector is made, too. */
    void off(String name);

    /** A renewal had to read the record first, because the fast path (compare-and-set alone) did not succeed. */
    void slowpathExercised(String name);

    /** A renewal succeeded {@code latency} after it was sent. */
    default void renewed(String name, Duration latency) {}

    /**
     * A renewal was sent {@code delay} after it was due: how long the elector waited for a thread, a pause of the process
     * included.
     */
    default void renewalDelayed(String name, Duration delay) {}
}
