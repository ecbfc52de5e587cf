package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that contend, each with its number. */
final class Contenders {

    interface Body {
        void run(int contender) throws Exception;
    }

    private Contenders() {}

    /** Runs {@code body} on {@code count} threads at once, and fails with the first that fails, or if the limit passes. */
    static void run(int count, Duration limit, Body body) {
        AtomicInteger started = new AtomicInteger();
        ExecutorService threads =
                Executors.newFixedThreadPool(count, task -> new Thread(task, "contender-" + started.getAndIncrement()));
        try {
            ExecutorCompletionService<Integer> running = new ExecutorCompletionService<>(threads);
            for (int contender = 0; contender < count; contender++) {
                int number = contender;
                running.submit(() -> {
                    body.run(number);
                    return number;
                });
            }
            awaitAll(running, count, limit);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            fail("interrupted while contenders ran", interrupted);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitAll(ExecutorCompletionService<Integer> running, int count, Duration limit)
            throws InterruptedException {
        long startNanos = System.nanoTime();
        for (int done = 0; done < count; done++) {
            long leftNanos = limit.toNanos() - (System.nanoTime() - startNanos);
            Future<Integer> next = running.poll(leftNanos, TimeUnit.NANOSECONDS);
            if (next == null) {
                fail("after " + limit + " only " + done + " of " + count + " contenders were done");
            }
            try {
                next.get();
            } catch (ExecutionException failed) {
                fail("a contender failed: " + failed.getCause(), failed.getCause());
            }
        }
    }
}
