package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pain 24. */
class HealthChecksTests {

    private final HandClock time = new HandClock();
    private final TaskQueue threads = new TaskQueue();
    private final List<Boolean> verdicts = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private int asked;
    private boolean healthy = true;

    private final HealthChecks health = new HealthChecks(
            () -> {
                asked++;
                return healthy;
            },
            threads,
            new Clock(time),
            Duration.ofSeconds(2).toNanos(),
            verdicts::add,
            thrown::add);

    private void advanceSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.advance(Duration.ofSeconds(1), threads::runAll);
        }
    }

    @Test
    void verdictsAreToldWhenTheyChange() {
        health.start();
        advanceSeconds(10);
        assertEquals(List.of(), verdicts);
        healthy = false;
        advanceSeconds(10);
        assertEquals(List.of(false), verdicts);
        healthy = true;
        advanceSeconds(10);
        assertEquals(List.of(false, true), verdicts);
        health.stop();
    }

    @Test
    void aPredicateThatHangsSaysNoUntilItAnswers() {
        health.start();
        time.advance(Duration.ofSeconds(2), () -> {});
        assertEquals(List.of(false), verdicts);
        time.advance(Duration.ofSeconds(20), () -> {});
        assertEquals(List.of(false), verdicts);
        assertEquals(1, threads.size(), "it is asked once at a time");
        threads.runAll();
        assertEquals(List.of(false, true), verdicts);
        health.stop();
    }

    /** An elector that runs again asks as often as before, and does not take its own question for one that hangs. */
    @Test
    void stoppedAndStartedAgainItAsksOnceInEachPeriod() {
        for (int run = 0; run < 5; run++) {
            health.start();
            threads.runAll();
            health.stop();
        }
        health.start();
        threads.runAll();
        asked = 0;
        time.advance(Duration.ofSeconds(20), () -> {});
        threads.runAll();
        verdicts.clear();
        asked = 0;
        advanceSeconds(20);
        assertEquals(10, asked);
        assertEquals(List.of(), verdicts);
        health.stop();
        assertEquals(0, time.pendingCount());
    }

    @Test
    void withoutAThreadToAskOnItSaysNo() {
        threads.refuse(new OutOfMemoryError("unable to create native thread"));
        health.start();
        assertEquals(List.of(false), verdicts);
        assertEquals(1, thrown.size());
        threads.refuse(null);
        advanceSeconds(2);
        assertEquals(List.of(false, true), verdicts);
        health.stop();
    }

    @Test
    void whatThePredicateThrowsIsReported() {
        RuntimeException broken = new IllegalStateException("broken");
        HealthChecks throwing = new HealthChecks(
                () -> {
                    throw broken;
                },
                threads,
                new Clock(time),
                Duration.ofSeconds(2).toNanos(),
                verdicts::add,
                thrown::add);
        throwing.start();
        threads.runAll();
        assertEquals(List.of(broken), thrown);
        assertEquals(List.of(false), verdicts);
        throwing.stop();
    }

    @Test
    void stoppedBeforeItStartsItAsksNothing() {
        health.stop();
        advanceSeconds(10);
        assertEquals(0, asked);
    }

    @Test
    void anAnswerThatComesAfterTheStopIsNotTold() {
        healthy = false;
        health.start();
        health.stop();
        threads.runAll();
        assertEquals(1, asked);
        assertEquals(List.of(), verdicts);
    }

    /** As when it fires at the moment in which it is cancelled. */
    @Test
    void aTickThatComesThoughItWasCancelledChangesNothing() {
        List<Runnable> ticks = new ArrayList<>();
        TimeSource late = new TimeSource() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public Instant wallTime() {
                return Instant.EPOCH;
            }

            @Override
            public Subscription schedule(Runnable task, long delayNanos) {
                ticks.add(task);
                return () -> {};
            }
        };
        HealthChecks checks = new HealthChecks(
                () -> {
                    asked++;
                    return true;
                },
                threads,
                new Clock(late),
                1,
                verdicts::add,
                thrown::add);
        checks.start();
        threads.runAll();
        checks.stop();
        ticks.get(0).run();
        threads.runAll();
        assertEquals(1, asked, "stopped");
        checks.start();
        ticks.get(0).run();
        assertEquals(List.of(), verdicts, "of the first start, while the question of the second is open");
        assertEquals(2, ticks.size());
        threads.runAll();
        assertEquals(2, asked);
    }
}
