package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTests {

    private final TaskQueue threads = new TaskQueue();
    private final SerialExecutor serial = new SerialExecutor(threads);
    private final List<String> ran = new ArrayList<>();

    private Runnable says(String word) {
        return () -> ran.add(word);
    }

    @Test
    void tasksRunInTheirOrderAndOnTheThreadsOnly() {
        serial.execute(says("a"));
        serial.execute(says("b"));
        serial.execute(says("c"));
        assertEquals(List.of(), ran);
        threads.runAll();
        assertEquals(List.of("a", "b", "c"), ran);
    }

    @Test
    void oneThreadAtMostIsAskedForAndNoneWhenAllIsDone() {
        serial.execute(says("a"));
        serial.execute(says("b"));
        assertEquals(1, threads.size());
        threads.runAll();
        assertEquals(0, threads.size());
        serial.execute(says("c"));
        assertEquals(1, threads.size());
        threads.runAll();
        assertEquals(List.of("a", "b", "c"), ran);
    }

    @Test
    void aTaskThatATaskHandsInRunsAfterIt() {
        SerialExecutor atOnce = new SerialExecutor(Runnable::run);
        atOnce.execute(() -> {
            atOnce.execute(says("inner"));
            atOnce.execute(says("later"));
            ran.add("outer");
        });
        assertEquals(List.of("outer", "inner", "later"), ran);
    }

    @Test
    void whatATaskThrowsIsToldAndTheNextOneRuns() throws InterruptedException {
        List<Throwable> told = new ArrayList<>();
        serial.execute(() -> {
            throw new AssertionError("a bug");
        });
        serial.execute(says("next"));
        Thread thread = new Thread(threads::runAll);
        thread.setUncaughtExceptionHandler((who, thrown) -> told.add(thrown));
        thread.start();
        thread.join();
        assertEquals(List.of("next"), ran);
        assertEquals(List.of("a bug"), told.stream().map(Throwable::getMessage).toList());
        serial.execute(says("after"));
        threads.runAll();
        assertEquals(List.of("next", "after"), ran);
    }

    @Test
    void anInterruptIsNotForTheNextTaskButIsNotLost() {
        serial.execute(() -> Thread.currentThread().interrupt());
        serial.execute(() -> ran.add("interrupted " + Thread.currentThread().isInterrupted()));
        threads.runAll();
        assertTrue(Thread.interrupted());
        assertEquals(List.of("interrupted false"), ran);
    }

    @Test
    void whereThreadsAreRefusedNoTaskIsLost() {
        AtomicBoolean refusing = new AtomicBoolean(true);
        SerialExecutor refused = new SerialExecutor(task -> {
            if (refusing.get()) {
                throw new RejectedExecutionException("no threads");
            }
            threads.execute(task);
        });
        assertThrows(RejectedExecutionException.class, () -> refused.execute(says("a")));
        assertThrows(RejectedExecutionException.class, () -> refused.execute(says("b")));
        refusing.set(false);
        refused.execute(says("c"));
        threads.runAll();
        assertEquals(List.of("a", "b", "c"), ran);
    }

    /** Every task runs, none beside another, those of one thread in its order; and each sees what those before it did. */
    @Test
    void manyThreadsHandInTasks() throws Exception {
        int handing = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            SerialExecutor shared = new SerialExecutor(pool);
            List<int[]> log = new ArrayList<>(); // by nothing but the executor kept from being written to at once
            CyclicBarrier together = new CyclicBarrier(handing);
            CountDownLatch all = new CountDownLatch(handing * each);
            List<Future<?>> handed = new ArrayList<>();
            for (int number = 0; number < handing; number++) {
                int who = number;
                handed.add(pool.submit(() -> {
                    together.await(30, TimeUnit.SECONDS);
                    for (int count = 0; count < each; count++) {
                        int which = count;
                        shared.execute(() -> {
                            log.add(new int[] {who, which});
                            all.countDown();
                        });
                    }
                    return null;
                }));
            }
            for (Future<?> done : handed) {
                done.get(60, TimeUnit.SECONDS);
            }
            assertTrue(all.await(60, TimeUnit.SECONDS), () -> all.getCount() + " tasks did not run");
            List<Integer> inOrder = IntStream.range(0, each).boxed().toList();
            for (int number = 0; number < handing; number++) {
                int who = number;
                assertEquals(
                        inOrder,
                        log.stream()
                                .filter(entry -> entry[0] == who)
                                .map(entry -> entry[1])
                                .toList());
            }
        } finally {
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
        }
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
