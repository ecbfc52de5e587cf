package io.github.leaderelection.core;

import io.github.leaderelection.spi.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all electors of a process share: a timer; a few for the loops, which never run users' code; a few for
 * callbacks, and more while those are blocked; and one for each leader's work for as long as it runs. All are daemons, and all
 * end when they have been idle for a while: an elector that is closed leaves none behind.
 *
 * @param clock the system's clock, with the timer in which what is due begins
 * @param loops where machines step; refuses nothing
 * @param callbacks where users' code runs that should be short; refuses nothing
 * @param works where {@code onStartedLeading} runs, which may last as long as the tenure; refuses when there is no thread
 */
record ElectorThreads(Clock clock, Executor loops, Executor callbacks, Executor works) {

    /** Longer than the default retry period, so that a process with one elector does not make a thread per renewal. */
    private static final long IDLE_SECONDS = 5;

    /** Loops never wait, so this many keep up with thousands of electors. */
    private static final int LOOP_THREADS = 2;

    /**
     * More than the callbacks of a few electors that all block at one time. While more of them block, as many are added in
     * each twentieth of a second: that serves ten thousand stops of 0.1 s each in under three seconds with less than a
     * thousand threads.
     */
    private static final int CALLBACK_THREADS = 16;

    private static final ElectorThreads SHARED = create();

    static ElectorThreads shared() {
        return SHARED;
    }

    /** One executor in the place of all threads but the timer's. */
    ElectorThreads replacedBy(Executor executor) {
        return new ElectorThreads(clock, executor, executor, executor);
    }

    private static ElectorThreads create() {
        TimeSource time = new SystemTimeSource(new TaskTimer(asNeeded("timer")));
        return new ElectorThreads(
                new Clock(time),
                new ElasticThreads(asNeeded("loop"), LOOP_THREADS, 0, time),
                new ElasticThreads(asNeeded("callback"), CALLBACK_THREADS, CALLBACK_THREADS, time),
                asNeeded("work"));
    }

    private static Executor asNeeded(String role) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named(role));
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
