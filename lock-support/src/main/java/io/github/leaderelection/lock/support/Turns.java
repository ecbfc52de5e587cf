package io.github.leaderelection.lock.support;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets so many requests of a client be under way at a time, and the others wait for their turn, in the order in which they came.
 * Thousands that are sent at once, when a process starts with as many electors, keep client and server so busy that none of them
 * is answered in time. May be used from any thread.
 */
public final class Turns {

    private final Executor first;
    private final Executor later;
    private final int countMax;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Queue<Runnable> lessUrgent = new ArrayDeque<>();
    private int taken;

    /**
     * All turns are free.
     *
     * @param first runs what need not wait
     * @param later runs what has waited, when a turn is given back; not on the thread that gives it back, or many that fail at
     *     once would do so within each other
     * @param countMax how many may be taken at a time
     */
    public Turns(Executor first, Executor later, int countMax) {
        this.first = first;
        this.later = later;
        this.countMax = countMax;
    }

    /**
     * Has a task run once it is its turn, which lasts until {@link #giveBack()}.
     *
     * @throws RejectedExecutionException if the executor is closed; then there is nothing to give back
     */
    public void take(Runnable task) {
        take(task, waiting);
    }

    /**
     * As {@link #take}, but whatever takes its turn by that one goes first, whenever it comes.
     *
     * @throws RejectedExecutionException if the executor is closed; then there is nothing to give back
     */
    public void takeLast(Runnable task) {
        take(task, lessUrgent);
    }

    private void take(Runnable task, Queue<Runnable> queue) {
        synchronized (this) {
            if (taken == countMax) {
                queue.add(task);
                return;
            }
            taken++;
        }
        boolean accepted = false;
        try {
            first.execute(task);
            accepted = true;
        } finally {
            if (!accepted) {
                giveBack();
            }
        }
    }

    /** Ends one turn. */
    public void giveBack() {
        Runnable next;
        synchronized (this) {
            next = waiting.isEmpty() ? lessUrgent.poll() : waiting.poll();
            if (next == null) {
                taken--;
                return;
            }
        }
        try {
            later.execute(next);
        } catch (RejectedExecutionException closed) {
            // Whoever waits is told by the lock that closes.
        }
    }
}
