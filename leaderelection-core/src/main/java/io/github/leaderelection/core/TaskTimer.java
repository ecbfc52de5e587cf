package io.github.leaderelection.core;

import io.github.leaderelection.spi.Subscription;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks when they are due, one after the other, on one thread that it has for as long as something waits. Tasks must be
 * short. What one throws goes to the handler of uncaught exceptions of that thread, and the others run all the same. A task
 * that is called off is gone at once.
 *
 * <p>Each elector has a task here at nearly all times, and puts another one in its place at nearly each step. So such a task is
 * one object of 32 bytes, which also is what calls it off; with a {@code ScheduledThreadPoolExecutor} it is four, of 128 bytes.
 */
final class TaskTimer {

    /** So far ahead that comparing two times by their difference is safe; more than a century. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final int FIRST_CAPACITY = 16;

    /** The place of a task that waits no longer. */
    private static final int NONE = -1;

    /** A task that waits. */
    private final class Due implements Subscription {
        private final Runnable task;
        private final long atNanos;
        private int place; // guarded by the timer

        Due(Runnable task, long atNanos) {
            this.task = task;
            this.atNanos = atNanos;
        }

        @Override
        public void close() {
            remove(this);
        }

        boolean isBefore(Due other) {
            return atNanos - other.atNanos < 0;
        }
    }

    private final Executor threads;

    // Guarded by this. A binary heap: what is at n comes no later than what is at 2n+1 and 2n+2.
    private @Nullable Due[] heap = new Due[FIRST_CAPACITY];
    private int size;
    private boolean serving;
    private @Nullable Thread thread; // that serves, once it has begun to

    /** {@code threads} gives a thread to each task that it is handed, or refuses. */
    TaskTimer(Executor threads) {
        this.threads = threads;
    }

    /** Runs {@code task} in {@code delayNanos}. If no thread can be had, throws what that threw, and forgets the task. */
    Subscription schedule(Runnable task, long delayNanos) {
        Due due = new Due(task, System.nanoTime() + Math.max(0, Math.min(delayNanos, LONGEST_NANOS)));
        Thread sleeping;
        synchronized (this) {
            add(due);
            if (!serving) {
                ask(due);
            }
            sleeping = due.place == 0 ? thread : null;
        }
        if (sleeping != null) {
            LockSupport.unpark(sleeping); // it sleeps until what was the first one until now
        }
        return due;
    }

    /** Here and not outside of the monitor, or others could rely on a thread that does not come. */
    private void ask(Due due) {
        try {
            threads.execute(this::serve);
            serving = true;
        } finally {
            if (!serving) {
                remove(due);
            }
        }
    }

    private void serve() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable thrown) { // a bug, or no thread for a loop. The others are served on.
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
            }
        }
    }

    /** Waits for the next task; null when there is none, and then the thread has left. */
    private @Nullable Runnable next() {
        while (true) {
            long remaining;
            synchronized (this) {
                Due first = heap[0];
                if (first == null) {
                    serving = false;
                    thread = null;
                    return null;
                }
                thread = Thread.currentThread();
                remaining = first.atNanos - System.nanoTime();
                if (remaining <= 0) {
                    remove(first);
                    return first.task;
                }
            }
            LockSupport.parkNanos(
                    this, remaining); // with this thread known: an unpark that comes before it ends it at once
            Thread.interrupted(); // nobody's business here, and with it set nothing would wait
        }
    }

    private void add(Due due) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        riseFrom(size++, due);
    }

    private synchronized void remove(Due due) {
        int place = due.place;
        if (place == NONE) {
            return;
        }
        due.place = NONE;
        Due last = at(--size);
        heap[size] = null;
        if (last == due) {
            return;
        }
        if (place > 0 && last.isBefore(at((place - 1) / 2))) {
            riseFrom(place, last);
        } else {
            sinkFrom(place, last);
        }
    }

    private void riseFrom(int from, Due due) {
        int place = from;
        while (place > 0) {
            Due parent = at((place - 1) / 2);
            if (!due.isBefore(parent)) {
                break;
            }
            put(place, parent);
            place = (place - 1) / 2;
        }
        put(place, due);
    }

    private void sinkFrom(int from, Due due) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            int other = child + 1;
            int sooner = other < size && at(other).isBefore(at(child)) ? other : child;
            if (!at(sooner).isBefore(due)) {
                break;
            }
            put(place, at(sooner));
            place = sooner;
        }
        put(place, due);
    }

    private Due at(int place) {
        Due due = heap[place];
        if (due == null) {
            throw new IllegalStateException("nothing waits at " + place + " of " + size);
        }
        return due;
    }

    private void put(int place, Due due) {
        heap[place] = due;
        due.place = place;
    }

    /** How many tasks wait. */
    synchronized int size() {
        return size;
    }
}
