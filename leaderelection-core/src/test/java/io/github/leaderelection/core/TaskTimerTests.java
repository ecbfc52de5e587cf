package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TaskTimerTests {

    private static final long FAR_NANOS = Duration.ofHours(1).toNanos();

    private final AtomicInteger threads = new AtomicInteger();
    private final BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    private final TaskTimer timer = new TaskTimer(task -> {
        threads.incrementAndGet();
        thread(task).start();
    });

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((who, thrown) -> uncaught.add(thrown));
        return thread;
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(30, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("nothing came");
        }
        return taken;
    }

    @Test
    void aTaskRunsWhenItIsDueAndNoSooner() throws InterruptedException {
        BlockingQueue<Long> ran = new LinkedBlockingQueue<>();
        long delay = Duration.ofMillis(20).toNanos();
        long before = System.nanoTime();
        timer.schedule(() -> ran.add(System.nanoTime()), delay);
        assertTrue(take(ran) - before >= delay);
    }

    /** Served by the test's own thread, so that all are in the heap before the first one is taken. */
    @Test
    void tasksRunInTheOrderInWhichTheyAreDue() {
        TaskQueue waiting = new TaskQueue();
        TaskTimer held = new TaskTimer(waiting);
        SplittableRandom random = new SplittableRandom(1);
        List<Long> delays = LongStream.generate(() -> random.nextLong(200_000_000))
                .limit(1000)
                .boxed()
                .toList();
        List<Long> ran = new ArrayList<>();
        List<Subscription> scheduled = new ArrayList<>();
        long beganNanos = System.nanoTime();
        for (long delay : delays) {
            scheduled.add(held.schedule(() -> ran.add(delay), delay));
        }
        long apartNanos = System.nanoTime() - beganNanos; // at most, the times from which two delays count
        List<Long> left = new ArrayList<>();
        for (int number = 0; number < delays.size(); number++) {
            if (random.nextInt(3) == 0) {
                scheduled.get(number).close();
            } else {
                left.add(delays.get(number));
            }
        }
        assertEquals(left.size(), held.size());
        assertEquals(1, waiting.size(), "one thread is asked for");
        waiting.runAll();
        assertEquals(left.size(), ran.size());
        for (int number = 1; number < ran.size(); number++) {
            assertTrue(ran.get(number - 1) - ran.get(number) <= apartNanos, () -> "ran " + ran);
        }
        assertEquals(left.stream().sorted().toList(), ran.stream().sorted().toList());
        assertEquals(0, held.size());
    }

    @Test
    void aTaskThatIsDueSoonerDoesNotWaitForTheOthers() throws InterruptedException {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        Subscription far = timer.schedule(() -> ran.add("far"), FAR_NANOS);
        timer.schedule(() -> ran.add("near"), Duration.ofMillis(5).toNanos());
        timer.schedule(() -> ran.add("now"), 0);
        timer.schedule(() -> ran.add("past"), -1);
        List<String> came = new ArrayList<>(List.of(take(ran), take(ran), take(ran)));
        came.sort(null);
        assertEquals(List.of("near", "now", "past"), came);
        assertEquals(1, threads.get());
        far.close();
    }

    @Test
    void whatIsCalledOffIsGone() throws InterruptedException {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        List<Subscription> far = IntStream.range(0, 100)
                .mapToObj(number -> timer.schedule(() -> ran.add("far"), FAR_NANOS - number))
                .toList();
        Subscription soon = timer.schedule(
                () -> ran.add("called off"), Duration.ofMillis(50).toNanos());
        assertEquals(101, timer.size());
        soon.close();
        far.forEach(Subscription::close);
        far.forEach(Subscription::close);
        assertEquals(0, timer.size());
        timer.schedule(() -> ran.add("later"), Duration.ofMillis(60).toNanos());
        assertEquals("later", take(ran));
        soon.close();
        assertEquals(0, timer.size());
    }

    @Test
    void whatATaskThrowsIsToldAndTheNextOneRuns() throws InterruptedException {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        AssertionError bug = new AssertionError("a bug");
        timer.schedule(
                () -> {
                    Thread.currentThread().interrupt();
                    throw bug;
                },
                0);
        timer.schedule(() -> ran.add("next"), Duration.ofMillis(1).toNanos());
        assertSame(bug, take(uncaught));
        assertEquals("next", take(ran));
    }

    @Test
    void theThreadLeavesWhenNothingWaitsAndAnotherComes() throws InterruptedException {
        BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();
        timer.schedule(() -> ran.add(Thread.currentThread()), 0);
        Thread first = take(ran);
        first.join(30_000);
        assertTrue(!first.isAlive(), "it has not left");
        timer.schedule(() -> ran.add(Thread.currentThread()), 0);
        take(ran);
        assertEquals(2, threads.get());
    }

    @Test
    void withoutAThreadTheTaskIsForgottenAndTheNextOneAsksAgain() {
        TaskQueue refusing = new TaskQueue();
        TaskTimer without = new TaskTimer(refusing);
        List<String> ran = new ArrayList<>();
        OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
        refusing.refuse(none);
        assertSame(none, assertThrows(OutOfMemoryError.class, () -> without.schedule(() -> ran.add("lost"), 0)));
        assertEquals(0, without.size());
        refusing.refuse(null);
        without.schedule(() -> ran.add("kept"), 0);
        refusing.runAll();
        assertEquals(List.of("kept"), ran);
    }

    @Test
    void manyThreadsScheduleAndCallOff() throws InterruptedException {
        int each = 5_000;
        CountDownLatch due = new CountDownLatch(4 * each);
        AtomicInteger wrong = new AtomicInteger();
        List<Thread> scheduling = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            SplittableRandom random = new SplittableRandom(number);
            Thread thread = thread(() -> {
                for (int count = 0; count < each; count++) {
                    Subscription off = timer.schedule(wrong::incrementAndGet, FAR_NANOS + random.nextInt(1000));
                    timer.schedule(due::countDown, random.nextInt(2_000_000));
                    off.close();
                }
            });
            scheduling.add(thread);
            thread.start();
        }
        for (Thread thread : scheduling) {
            thread.join(60_000);
        }
        assertTrue(due.await(60, TimeUnit.SECONDS), () -> due.getCount() + " did not run");
        assertEquals(0, timer.size());
        assertEquals(0, wrong.get());
        assertEquals(List.of(), List.copyOf(uncaught));
    }
}
