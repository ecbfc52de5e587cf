package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaders that wait, sleep, or spin in ways of their own. */
@Timeout(60)
class UsersThreadsTests {

    private interface Work {
        void run(Leadership leadership) throws Exception;
    }

    private record Leader(Work work, Work stop) implements LeaderCallbacks {
        @Override
        public void onStartedLeading(Leadership leadership) throws Exception {
            work.run(leadership);
        }

        @Override
        public void onStoppedLeading(Leadership ended) throws Exception {
            stop.run(ended);
        }
    }

    private final SimulatedElection election = SimulatedElection.of("demo/threads");
    private final List<String> said = new CopyOnWriteArrayList<>();

    private SimulatedCandidate leader(Work work, Work stop) {
        return election.candidate("a", config -> config.callbacks(new Leader(work, stop)));
    }

    @Test
    void workThatBlocksUntilItsStopHasEndedWhenTheStopHas() {
        CountDownLatch stopped = new CountDownLatch(1);
        try (election) {
            SimulatedCandidate a = leader(
                    leadership -> {
                        stopped.await();
                        said.add("work ends");
                    },
                    ended -> {
                        said.add("stop");
                        stopped.countDown();
                    });
            a.start();
            a.cutNetwork();
            election.run(Duration.ofSeconds(10));
            assertFalse(a.isLeader());
        }
        assertEquals(List.of("stop"), said, "its interrupt ended the wait");
    }

    @Test
    void workThatIgnoresItsInterruptIsWokenByItsStop() {
        CountDownLatch stopped = new CountDownLatch(1);
        try (election) {
            SimulatedCandidate a = leader(
                    leadership -> {
                        while (stopped.getCount() > 0) {
                            try {
                                stopped.await();
                            } catch (InterruptedException ignored) {
                                said.add("not now");
                            }
                        }
                        said.add("work ends");
                    },
                    ended -> {
                        said.add("stop");
                        stopped.countDown();
                    });
            a.start();
            a.cutNetwork();
            election.run(Duration.ofSeconds(25)); // the renew deadline, and half of the drain timeout
            assertEquals(List.of("not now", "stop", "work ends"), said);
        }
    }

    @Test
    void workOnAThreadThatACallbackStartedIsWaitedForAndStandsStill() {
        AtomicInteger turns = new AtomicInteger();
        try (election) {
            SimulatedCandidate a = leader(
                    leadership -> new Thread(() -> {
                                try {
                                    while (leadership.isValid()) {
                                        election.sleep(Duration.ofSeconds(1));
                                        turns.incrementAndGet();
                                    }
                                    said.add("work ends");
                                } catch (InterruptedException ignored) {
                                    said.add("interrupted");
                                }
                            })
                            .start(),
                    ended -> said.add("stop"));
            a.start();
            election.run(Duration.ofSeconds(5));
            assertEquals(5, turns.get());
            a.pause();
            election.run(Duration.ofSeconds(30));
            assertEquals(5, turns.get());
            a.resume();
            assertEquals(6, turns.get());
            assertEquals("work ends", said.get(0), "before the engine knew: " + said);
        }
    }

    /** A pool that the test has made, which nobody knows of before it calls. */
    @Test
    void aThreadFromElsewhereIsACandidatesFromItsFirstCallOn() throws InterruptedException {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        CountDownLatch called = new CountDownLatch(1);
        try (election) {
            SimulatedCandidate a = leader(
                    leadership -> pool.execute(() -> {
                        try {
                            leadership.checkValid();
                            called.countDown();
                            election.sleep(Duration.ofSeconds(2));
                            said.add("slept until " + election.elapsed());
                        } catch (InterruptedException ignored) {
                            said.add("interrupted");
                        }
                    }),
                    ended -> said.add("stop"));
            a.start();
            assertTrue(called.await(30, TimeUnit.SECONDS));
            election.run(Duration.ofSeconds(5));
            assertEquals(List.of("slept until PT2S"), said);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aRealSleepHoldsUpNothing() {
        long beganNanos = System.nanoTime();
        try (election) {
            SimulatedCandidate a = leader(
                    leadership -> {
                        try {
                            Thread.sleep(Duration.ofMinutes(10).toMillis());
                        } finally {
                            said.add("ends");
                        }
                    },
                    ended -> said.add("stops"));
            a.start();
            election.run(Duration.ofMinutes(20));
            assertTrue(a.isLeader());
            assertEquals(List.of(), said);
        }
        assertEquals(List.of("ends", "stops"), said);
        assertTrue(System.nanoTime() - beganNanos < Duration.ofMinutes(5).toNanos());
    }

    @Test
    void workThatSpinsIsNamedAndHoldsUpTheTestForABoundedTime() {
        try (election) {
            election.patience(Duration.ofMillis(300));
            SimulatedCandidate a = leader(
                    leadership -> {
                        while (leadership.isValid()) {
                            Thread.onSpinWait();
                        }
                        said.add("not reached");
                    },
                    ended -> {});
            String message =
                    String.valueOf(assertThrows(AssertionError.class, a::start).getMessage());
            assertTrue(message.contains("simulated-a-"), message);
            assertTrue(message.contains("UsersThreadsTests"), message);
            assertTrue(message.contains("within 300 ms of real time"), message);
        }
        assertEquals(List.of(), said, "the end of the election ended it inside its next call");
    }

    @Test
    void workThatDoesNotEndFailsTheEndOfTheElection() {
        CountDownLatch end = new CountDownLatch(1);
        leader(
                        leadership -> {
                            while (end.getCount() > 0) {
                                try {
                                    end.await();
                                } catch (InterruptedException ignored) {
                                    said.add("not now");
                                }
                            }
                        },
                        ended -> {})
                .start();
        election.patience(Duration.ofMillis(300));
        String message = String.valueOf(
                assertThrows(AssertionError.class, election::close).getMessage());
        end.countDown();
        assertTrue(message.contains("does not end"), message);
        assertTrue(message.contains("UsersThreadsTests"), message);
    }

    @Test
    void nothingIsAliveAfterTheEnd() {
        try (election) {
            SimulatedCandidate a = leader(leadership -> election.sleep(Duration.ofDays(1)), ended -> {});
            SimulatedCandidate b = election.candidate("b");
            SimulatedCandidate c = election.candidate(
                    "c",
                    config -> config.callbacks(new Leader(leadership -> new CountDownLatch(1).await(), ended -> {})));
            a.start();
            b.start();
            a.kill();
            election.runUntil(b::isLeader);
            b.pause();
            c.start();
            election.runUntil(c::isLeader);
        }
        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("simulated-"))
                        .toList());
    }

    @Test
    void timeIsNotForCandidatesToMove() {
        try (election) {
            leader(leadership -> election.run(Duration.ofSeconds(1)), ended -> {})
                    .start();
            assertTrue(election.timeline().contains("expected the test's thread"), election.timeline());
            assertThrows(IllegalStateException.class, () -> election.sleep(Duration.ofSeconds(1)));
            SimulatedCandidate b = election.candidate("b");
            assertThrows(IllegalStateException.class, () -> b.elector().run());
            assertThrows(IllegalStateException.class, () -> b.elector().close());
        }
        assertThrows(IllegalStateException.class, () -> election.run(Duration.ofSeconds(1)));
    }
}
