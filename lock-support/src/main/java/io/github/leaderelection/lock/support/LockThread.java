package io.github.leaderelection.lock.support;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of a lock's connection, for deadlines and watches. What runs on it returns at once. A daemon; may be used
 * from any thread.
 */
public final class LockThread implements AutoCloseable {

    private final ScheduledThreadPoolExecutor executor;

    /** A thread of that name, which is not started before it is needed. */
    public LockThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task soon, after those that were handed in before. Once the thread is closed, the task is dropped. */
    public void run(Runnable task) {
        schedule(task, 0);
    }

    /** As {@link #run}, not before that many nanoseconds have passed. */
    public void schedule(Runnable task, long delayNanos) {
        try {
            executor.schedule(() -> reporting(task), delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            return; // nobody waits for it any more
        }
    }

    /**
     * As {@link #schedule}, for a task that may be called off.
     *
     * @throws RejectedExecutionException if the thread is closed
     */
    public Future<?> timer(Runnable task, long delayNanos) {
        return executor.schedule(() -> reporting(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Runs a task now; what it throws goes to the thread's handler of uncaught exceptions, where an executor would hide it. */
    public static void reporting(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error bug) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, bug);
        }
    }

    /** Ends the thread after what is due now; drops what is due later. Idempotent. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
