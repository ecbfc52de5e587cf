package io.github.leaderelection.lock.inmemory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ManualTimeSourceTests {

    private final ManualTimeSource time = new ManualTimeSource();
    private final long startNanos = time.nanoTime();
    private final List<String> log = new ArrayList<>();

    private long elapsedSeconds() {
        return Duration.ofNanos(time.nanoTime() - startNanos).toSeconds();
    }

    private Subscription logAfterSeconds(String what, long seconds) {
        return time.schedule(
                () -> log.add(what + "@" + elapsedSeconds()),
                Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void standsStillUntilMoved() {
        assertEquals(startNanos, time.nanoTime());
        assertEquals(ManualTimeSource.WALL_TIME_AT_START, time.wallTime());
    }

    @Test
    void bothClocksMoveTogether() {
        time.advance(Duration.ofMillis(1500));
        assertEquals(1_500_000_000L, time.nanoTime() - startNanos);
        assertEquals(ManualTimeSource.WALL_TIME_AT_START.plusMillis(1500), time.wallTime());
    }

    @Test
    void differencesStayRightWhenTheMonotonicClockOverflows() {
        time.advance(Duration.ofMinutes(1));
        assertTrue(time.nanoTime() < 0, "the overflow lies within the first minute");
        assertEquals(60, elapsedSeconds());
    }

    @Test
    void tasksRunInTheOrderOfTheirDueTimesAndSeeThem() {
        logAfterSeconds("late", 20);
        logAfterSeconds("early", 1);
        logAfterSeconds("early too", 1);
        logAfterSeconds("too late", 31);
        time.advance(Duration.ofSeconds(30));
        assertEquals(List.of("early@1", "early too@1", "late@20"), log);
        assertEquals(1, time.pendingCount());
    }

    @Test
    void aTaskThatIsDueExactlyAtTheEndRuns() {
        logAfterSeconds("task", 5);
        time.advance(Duration.ofSeconds(5).minusNanos(1));
        assertEquals(List.of(), log);
        time.advance(Duration.ofNanos(1));
        assertEquals(List.of("task@5"), log);
    }

    @Test
    void tasksScheduledByTasksRunInTheSameMoveIfTheyAreDue() {
        time.schedule(
                () -> {
                    logAfterSeconds("at once", 0);
                    logAfterSeconds("in time", 2);
                    logAfterSeconds("too late", 10);
                    log.add("first");
                },
                Duration.ofSeconds(1).toNanos());
        time.advance(Duration.ofSeconds(5));
        assertEquals(List.of("first", "at once@1", "in time@3"), log);
    }

    @Test
    void aTaskWithoutDelayRunsAtOnce() {
        logAfterSeconds("now", 0);
        logAfterSeconds("long ago", -3);
        assertEquals(List.of("now@0", "long ago@0"), log);
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        Subscription task = logAfterSeconds("task", 1);
        task.close();
        task.close();
        time.advance(Duration.ofSeconds(2));
        assertEquals(List.of(), log);
        assertEquals(0, time.pendingCount());
    }

    @Test
    void refusesToGoBackAndToBeMovedByItsOwnTasks() {
        assertThrows(IllegalArgumentException.class, () -> time.advance(Duration.ofNanos(-1)));
        time.schedule(() -> time.advance(Duration.ofSeconds(1)), 1);
        assertThrows(IllegalStateException.class, () -> time.advance(Duration.ofSeconds(1)));
    }

    @Test
    void whatATaskThrowsComesOutAndTheClockGoesOn() {
        time.schedule(
                () -> {
                    throw new UnsupportedOperationException("on purpose");
                },
                Duration.ofSeconds(1).toNanos());
        logAfterSeconds("next", 2);
        assertThrows(UnsupportedOperationException.class, () -> time.advance(Duration.ofSeconds(5)));
        assertEquals(1, elapsedSeconds());
        time.advance(Duration.ofSeconds(5));
        assertEquals(List.of("next@2"), log);
        assertEquals(6, elapsedSeconds());
    }

    @Test
    void threadsMayMoveItAndScheduleOnItTogether() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(threads.submit(() -> {
                    for (int round = 0; round < 500; round++) {
                        time.schedule(runs::incrementAndGet, round % 3);
                        time.advance(Duration.ofNanos(1));
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(2000, time.nanoTime() - startNanos);
        time.advance(Duration.ofNanos(3));
        assertEquals(2000, runs.get());
        assertFalse(time.pendingCount() > 0);
    }
}
