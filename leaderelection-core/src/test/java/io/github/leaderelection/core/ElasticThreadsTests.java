package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread that was asked for, and does not come, stands for one that is blocked. */
class ElasticThreadsTests {

    private static final int FEW = 4;
    private static final int MORE = 3;
    private static final Duration PATIENCE = Duration.ofNanos(ElasticThreads.PATIENCE_NANOS);
    private static final Error NO_THREAD = new OutOfMemoryError("unable to create native thread");

    private final HandClock time = new HandClock();
    private final TaskQueue source = new TaskQueue();
    private final ElasticThreads threads = new ElasticThreads(source, FEW, MORE, time);
    private final List<String> ran = new ArrayList<>();

    private void execute(String... names) {
        for (String name : names) {
            threads.execute(() -> ran.add(name));
        }
    }

    private void advance(Duration step) {
        time.advance(step, () -> {});
    }

    @Test
    void tenThousandTasksAtOnceAskForAFewThreadsAndRunInOrder() {
        List<String> expected = new ArrayList<>();
        for (int number = 0; number < 10_000; number++) {
            expected.add("task " + number);
            execute("task " + number);
        }
        assertEquals(FEW, source.size());
        source.runAll();
        assertEquals(expected, ran);
    }

    @Test
    void threadsAreAddedWhileTasksWaitForLong() {
        execute("1", "2", "3", "4", "5", "6", "7", "8", "9");
        advance(PATIENCE.minusNanos(1));
        assertEquals(FEW, source.size());
        advance(Duration.ofNanos(1));
        assertEquals(FEW + MORE, source.size());
        advance(PATIENCE);
        assertEquals(FEW + 2 * MORE, source.size());
        source.runAll();
        advance(PATIENCE);
        assertEquals(0, source.size());
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aTaskThatHasJustComeIsNoSignThatAllAreBlocked() {
        execute("1", "2", "3", "4", "5");
        advance(PATIENCE.dividedBy(2));
        source.runAll();
        execute("6", "7", "8", "9", "10");
        advance(PATIENCE.dividedBy(2));
        assertEquals(FEW, source.size());
    }

    /** Blocks so many threads, and does {@code meanwhile} on another one. What that throws is not seen by the test. */
    private void block(int count, Runnable meanwhile) {
        threads.execute(count == 0 ? meanwhile : () -> block(count - 1, meanwhile));
        source.runOne();
    }

    /** Else tasks that block, and come one by one, would ask for as many threads as they are. */
    @Test
    void thatNoTaskWaitsIsNoReasonForMoreThreads() {
        AtomicInteger asked = new AtomicInteger();
        block(FEW - 2, () -> {
            execute("quick");
            source.runAll();
            execute("1", "2", "3");
            asked.set(source.size());
        });
        assertEquals(1, asked.get());
    }

    @Test
    void thoseThatStayBlockedAreNotCountedAnyMore() {
        AtomicInteger asked = new AtomicInteger();
        block(FEW - 1, () -> {
            execute("waits");
            advance(PATIENCE);
            source.runAll();
            execute("1", "2", "3", "4");
            asked.set(source.size());
        });
        assertEquals(MORE, asked.get(), "at once");
        assertEquals(List.of("waits", "1", "2", "3", "4"), ran);
    }

    /** I8: a callback is not lost for want of a thread. */
    @Test
    void aTaskForWhichThereIsNoThreadRunsWhenThereIsOne() {
        source.refuse(NO_THREAD);
        execute("1", "2", "3", "4", "5");
        advance(Duration.ofMinutes(1));
        assertEquals(0, source.size());
        source.refuse(null);
        advance(PATIENCE);
        source.runAll();
        assertEquals(List.of("1", "2", "3", "4", "5"), ran);
        advance(PATIENCE);
        assertEquals(0, time.pendingCount());
        execute("6", "7", "8", "9", "10");
        assertEquals(FEW, source.size(), "all those that were refused are counted out");
    }

    /** Electors set timers all the time: that one cannot be had now does not mean that none is alive. */
    @Test
    void aTaskForWhichThereIsNeitherAThreadNorATimerRunsWithTheNextOne() {
        source.refuse(NO_THREAD);
        time.whenSet = delayNanos -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        execute("1");
        source.refuse(null);
        time.whenSet = delayNanos -> {};
        execute("2");
        source.runAll();
        assertEquals(List.of("1", "2"), ran);
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aTaskForWhichThereIsNoThreadRunsOnOneThatIsLeft() {
        threads.execute(() -> {
            source.refuse(NO_THREAD);
            execute("the next one");
        });
        source.runAll();
        assertEquals(List.of("the next one"), ran);
    }

    @Test
    void whatATaskThrowsOrLeavesBehindIsNotForTheNextOne() {
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = new Thread(() -> {
            threads.execute(() -> {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("thrown");
            });
            threads.execute(() -> ran.add(Thread.currentThread().isInterrupted() ? "interrupted" : "well"));
            source.runOne();
        });
        thread.setUncaughtExceptionHandler((of, error) -> thrown.add(error));
        thread.start();
        Rig.join(thread);
        assertEquals(List.of("well"), ran);
        assertEquals(1, thrown.size());
        assertFalse(thread.isAlive());
        assertTrue(thrown.get(0) instanceof IllegalStateException);
    }
}
