package io.github.leaderelection.lock.kubernetes;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets so many requests be under way at a time, and the others wait for their turn, in the order in which they came. Over
 * HTTP/1.1 each request under way has a connection of its own, and hundreds of handshakes at once would keep both sides so busy
 * that none of them is answered in time. May be used from any thread.
 */
final class Turns {

    private final Executor executor;
    private final int countMax;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    Turns(Executor executor, int countMax) {
        this.executor = executor;
        this.countMax = countMax;
    }

    /**
     * Has a task run once it is its turn, which lasts until {@link #giveBack()}.
     *
     * @throws RejectedExecutionException if the executor is closed; then there is nothing to give back
     */
    void take(Runnable task) {
        synchronized (this) {
            if (taken == countMax) {
                waiting.add(task);
                return;
            }
            taken++;
        }
        boolean accepted = false;
        try {
            executor.execute(task);
            accepted = true;
        } finally {
            if (!accepted) {
                giveBack();
            }
        }
    }

    /** Ends one turn. */
    void giveBack() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                taken--;
                return;
            }
        }
        try {
            executor.execute(next);
        } catch (RejectedExecutionException closed) {
            // Whoever waits is told by the lock that closes.
        }
    }
}
