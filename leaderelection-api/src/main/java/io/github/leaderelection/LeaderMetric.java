package io.github.leaderelection;

import java.time.Duration;

/**
 * Where one elector reports its figures. Calls come one after the other, on a thread for callbacks, soon after what they tell
 * of. One that blocks holds up no renewal and no callback; what it does not keep up with is dropped, but for {@link #on} and
 * {@link #off}. {@link LeaderCallbacks#onError} is told of that, and of what a call throws, once. {@code close()} and
 * {@code run()} return after the last call has, but wait for that no longer than the drain timeout.
 *
 * @see MetricsProvider
 */
public interface LeaderMetric {

    /** Reports nothing, and costs nothing. */
    LeaderMetric NONE = new LeaderMetric() {
        @Override
        public void on(String name) {}

        @Override
        public void off(String name) {}

        @Override
        public void slowpathExercised(String name) {}
    };

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
