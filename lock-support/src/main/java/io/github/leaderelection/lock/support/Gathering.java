package io.github.leaderelection.lock.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Gathers what may wait, to be dealt with together once one of it may wait no longer. May be used from any thread.
 *
 * @param <T> what is gathered
 */
public final class Gathering<T> {

    private final LockThread thread;
    private final Runnable onDue;

    // Guarded by this.
    private List<T> gathered = new ArrayList<>();
    private long dueNanos;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param thread where time is kept
     * @param onDue run on that thread when something of what is there may wait no longer
     */
    public Gathering(LockThread thread, Runnable onDue) {
        this.thread = thread;
        this.onDue = onDue;
    }

    /**
     * Adds one.
     *
     * @param patience for how long it may wait
     * @return how many there are now
     * @throws RejectedExecutionException if it is closed
     */
    public int add(T one, Duration patience) {
        long patienceNanos = patience.toNanos();
        long untilNanos = System.nanoTime() + patienceNanos;
        boolean soonest;
        int count;
        synchronized (this) {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            soonest = gathered.isEmpty() || untilNanos - dueNanos < 0;
            dueNanos = soonest ? untilNanos : dueNanos;
            gathered.add(one);
            count = gathered.size();
        }
        if (soonest) {
            thread.schedule(this::look, patienceNanos);
        }
        return count;
    }

    private void look() {
        synchronized (this) {
            if (gathered.isEmpty() || System.nanoTime() - dueNanos < 0) {
                return; // whoever was in such a hurry was taken before
            }
        }
        onDue.run();
    }

    /** Takes all that there are. */
    public synchronized List<T> take() {
        List<T> taken = gathered;
        gathered = new ArrayList<>();
        return taken;
    }

    /** Takes all that there are, and no more. Idempotent. */
    public synchronized List<T> close() {
        closed = true;
        return take();
    }
}
