package io.github.leaderelection.core;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all electors of a process share: a timer, a few for the loops, which never run users' code, and as many
 * as callbacks run at one time. All are daemons, and all end when they have been idle for a while: an elector that is
 * closed leaves none behind.
 *
 * @param timer where what is due begins
 * @param loops where machines step
 * @param callbacks where users' code runs
 */
record ElectorThreads(ScheduledThreadPoolExecutor timer, Executor loops, Executor callbacks) {

    /** Longer than the default retry period, so that a process with one elector does not make a thread per renewal. */
    private static final long IDLE_SECONDS = 5;

    /** Loops never wait, so this many keep up with thousands of electors. */
    private static final int LOOP_THREADS = 2;

    private static final ElectorThreads SHARED = create();

    static ElectorThreads shared() {
        return SHARED;
    }

    private static ElectorThreads create() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        ThreadPoolExecutor loops = new ThreadPoolExecutor(
                LOOP_THREADS, LOOP_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("loop"));
        loops.allowCoreThreadTimeOut(true);
        ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named("callback"));
        return new ElectorThreads(timer, loops, callbacks);
    }

    private static ThreadFactory named(String role) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "leaderelection-" + role + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
