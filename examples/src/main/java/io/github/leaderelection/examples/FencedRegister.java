package io.github.leaderelection.examples;

import io.github.leaderelection.Leadership;

/**
 * A resource that protects itself: it refuses what comes with an older token than the newest it has seen. A leader that was
 * paused between its check and its write cannot harm it, whatever the clocks do. In a database this is one condition:
 * {@code UPDATE ... SET value = ?, token = ? WHERE token <= ?}.
 */
public final class FencedRegister {

    private long newestToken = Long.MIN_VALUE;
    private String value = "";

    /**
     * Writes on behalf of a leader.
     *
     * @return whether the write was accepted
     */
    public synchronized boolean write(Leadership leadership, String newValue) {
        long token = leadership.fencingToken();
        if (token < newestToken) {
            return false;
        }
        newestToken = token;
        value = newValue;
        return true;
    }

    /** What was written last. */
    public synchronized String value() {
        return value;
    }
}
