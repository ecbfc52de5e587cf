package io.github.leaderelection.lock.support;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads of a lock's connection, for a client that has to be given some, and for what may block for a moment. They are
 * daemons, started when they are needed and ended when they are idle. May be used from any thread.
 */
public final class LockPool implements Executor, AutoCloseable {

    private static final long IDLE_SECONDS_MAX = 10;

    private final ThreadPoolExecutor executor;

    /** At most so many threads, of that name. */
    public LockPool(String name, int threadCountMax) {
        executor = new ThreadPoolExecutor(
                threadCountMax,
                threadCountMax,
                IDLE_SECONDS_MAX,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread daemon = new Thread(task, name);
                    daemon.setDaemon(true);
                    return daemon;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a task soon.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the pool is closed
     */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Ends the threads after what is queued now. Idempotent. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
