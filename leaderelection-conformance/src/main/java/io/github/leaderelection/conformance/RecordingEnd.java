package io.github.leaderelection.conformance;

/** Writes down how often, and when, the end of a session was told. Safe for use by any thread. */
final class RecordingEnd implements Runnable {

    /** This and below guarded by this object's monitor. */
    private int toldCount;

    private long firstToldNanos;

    @Override
    public synchronized void run() {
        if (toldCount == 0) {
            firstToldNanos = System.nanoTime();
        }
        toldCount++;
    }

    synchronized int toldCount() {
        return toldCount;
    }

    synchronized long firstToldNanos() {
        return firstToldNanos;
    }
}
