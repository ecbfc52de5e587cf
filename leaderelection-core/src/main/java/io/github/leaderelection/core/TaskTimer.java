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
 * one object of 24 bytes, which also is what calls it off, and its time; with a {@code ScheduledThreadPoolExecutor} it is four, of 128 bytes.
 */
final class TaskTimer {

    /** So far ahead that comparing two times by their difference is safe; more than a century. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final int FIRST_CAPACITY = 16;

    /** The place of a task that waits no longer. */
    private static final int NONE = -1;

    /** How many come below each in the heap. Those that are compared lie side by side, and what is moved is far apart. */
    private static final int BRANCHES = 4;

    /** A task that waits. */
    private final class Due implements Subscription {
        private final Runnable task;
        private int place; // guarded by the timer

        Due(Runnable task) {
            this.task = task;
        }

        @Override
        public void close() {
            remove(this);
        }
    }

    private final Executor threads;

    // Guarded by this. A heap: what is at n comes no later than what is at 4n+1 to 4n+4. Times have an array of their
    // own, or
    // each comparison would fetch an object from somewhere.
    private long[] times = new long[FIRST_CAPACITY];
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
        Due due = new Due(task);
        long atNanos = System.nanoTime() + Math.max(0, Math.min(delayNanos, LONGEST_NANOS));
        Thread sleeping;
        synchronized (this) {
            add(due, atNanos);
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
                remaining = times[0] - System.nanoTime();
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

    private void add(Due due, long atNanos) {
        if (size == heap.length) {
            times = Arrays.copyOf(times, 2 * size);
            heap = Arrays.copyOf(heap, 2 * size);
        }
        riseFrom(size++, due, atNanos);
    }

    private synchronized void remove(Due due) {
        int place = due.place;
        if (place == NONE) {
            return;
        }
        due.place = NONE;
        Due last = at(--size);
        long lastNanos = times[size];
        heap[size] = null;
        if (last == due) {
            return;
        }
        if (place > 0 && lastNanos - times[parent(place)] < 0) {
            riseFrom(place, last, lastNanos);
        } else {
            sinkFrom(place, last, lastNanos);
        }
    }

    private static int parent(int place) {
        return (place - 1) / BRANCHES;
    }

    private void riseFrom(int from, Due due, long atNanos) {
        int place = from;
        while (place > 0 && atNanos - times[parent(place)] < 0) {
            put(place, at(parent(place)), times[parent(place)]);
            place = parent(place);
        }
        put(place, due, atNanos);
    }

    private void sinkFrom(int from, Due due, long atNanos) {
        int place = from;
        for (int child = BRANCHES * place + 1; child < size; child = BRANCHES * place + 1) {
            int soonest = soonestFrom(child);
            if (times[soonest] - atNanos >= 0) {
                break;
            }
            put(place, at(soonest), times[soonest]);
            place = soonest;
        }
        put(place, due, atNanos);
    }

    private int soonestFrom(int firstChild) {
        int soonest = firstChild;
        for (int other = firstChild + 1; other < Math.min(firstChild + BRANCHES, size); other++) {
            if (times[other] - times[soonest] < 0) {
                soonest = other;
            }
        }
        return soonest;
    }

    private Due at(int place) {
        Due due = heap[place];
        if (due == null) {
            throw new IllegalStateException("nothing waits at " + place + " of " + size);
        }
        return due;
    }

    private void put(int place, Due due, long atNanos) {
        times[place] = atNanos;
        heap[place] = due;
        due.place = place;
    }

    /** How many tasks wait. */
    synchronized int size() {
        return size;
    }
}
