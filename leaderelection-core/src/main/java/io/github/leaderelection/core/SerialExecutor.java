package io.github.leaderelection.core;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on the threads of another executor, in the order in which they came and never two at once; each sees what those
 * before it did. Any thread may hand in a task, a task itself included. What a task throws goes to the handler of uncaught
 * exceptions of its thread, and the next one runs all the same.
 *
 * <p>Each elector has one for as long as it lives, with nothing waiting in it nearly always, and there may be ten thousand of
 * them. So an idle one is this object and nothing else, 24 bytes; Guava's {@code newSequentialExecutor} keeps a worker and the
 * array of its queue, 176 bytes. What waits is a ring of links that is entered at its last one.
 */
final class SerialExecutor implements Executor {

    /** A task that waits, and the one that came after it; after the last comes the first. */
    private static final class Link {
        private final Runnable task;
        private Link next;

        Link(Runnable task) {
            this.task = task;
            next = this;
        }
    }

    private final Executor threads;

    // Guarded by this. Tasks run, and threads are asked for, outside of it.
    private @Nullable Link last;
    /** A thread is at it, or was asked for. */
    private boolean serving;

    SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    /** If the threads refuse, so does this; the task has its place all the same, and runs when the next one that comes does. */
    @Override
    public void execute(Runnable task) {
        Link added = new Link(task);
        synchronized (this) {
            if (last != null) {
                added.next = last.next;
                last.next = added;
            }
            last = added;
            if (serving) {
                return;
            }
            serving = true;
        }
        boolean accepted = false;
        try {
            threads.execute(this::serve);
            accepted = true;
        } finally {
            if (!accepted) {
                leave();
            }
        }
    }

    private synchronized void leave() {
        serving = false;
    }

    private void serve() {
        boolean interrupted = false;
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable thrown) { // a bug: those who hand in tasks guard them. The others are served on.
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            }
            interrupted |= Thread.interrupted(); // which is not for the next task
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next task, or null, and then nobody is at it any more. */
    private synchronized @Nullable Runnable next() {
        Link end = last;
        if (end == null) {
            serving = false;
            return null;
        }
        Link first = end.next;
        if (first == end) {
            last = null;
        } else {
            end.next = first.next;
        }
        return first.task;
    }
}
