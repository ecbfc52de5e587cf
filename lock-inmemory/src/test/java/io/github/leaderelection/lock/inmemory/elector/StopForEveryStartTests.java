package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pain 2: exactly one stop for every start, whatever the way out; and Pain 5: no stop without a start. */
class StopForEveryStartTests {

    @AutoClose
    private final Arena arena = new Arena();

    private final AtomicBoolean healthy = new AtomicBoolean(true);
    private final CountDownLatch end = new CountDownLatch(1);

    /** What work does while its tenure lasts. */
    enum Work {
        RETURNS_AT_ONCE,
        WAITS_FOR_ITS_INTERRUPT
    }

    /** How a tenure ends. */
    enum WayOut {
        CLOSE(RevocationReason.CLOSED, (test, a) -> test.arena.walkUntilDone(a.closing())),
        STEP_DOWN(RevocationReason.STEPPED_DOWN, (test, a) -> a.elector.stepDown()),
        DEADLINE(RevocationReason.EXPIRED, (test, a) -> {
            a.faults.untilHealed(InMemoryFault.loseRequest());
            test.arena.walk(Arena.RENEW);
            a.faults.heal();
        }),
        OUTSIDER_WRITES(
                RevocationReason.SUPERSEDED, (test, a) -> test.arena.space.put(Arena.ELECTION, heldBy("outsider"))),
        RECORD_DELETED(RevocationReason.DELETED, (test, a) -> test.arena.space.delete(Arena.ELECTION)),
        RECORD_CORRUPTED(RevocationReason.MALFORMED, (test, a) -> {
            test.arena.space.corrupt(Arena.ELECTION);
            test.arena.walkUntil("the end is noticed", () -> a.tape.stops() == 1);
            test.arena.space.delete(Arena.ELECTION);
        }),
        UNHEALTHY(RevocationReason.UNHEALTHY, (test, a) -> {
            test.healthy.set(false);
            test.arena.walkUntil("the end is noticed", () -> a.tape.stops() == 1);
            test.healthy.set(true);
        });

        private final RevocationReason reason;
        private final BiConsumer<StopForEveryStartTests, Candidate> take;

        WayOut(RevocationReason reason, BiConsumer<StopForEveryStartTests, Candidate> take) {
            this.reason = reason;
            this.take = take;
        }
    }

    static Stream<Arguments> waysOut() {
        return Stream.of(WayOut.values())
                .flatMap(way -> Stream.of(Work.values()).map(work -> Arguments.of(way, work)));
    }

    static LeaderElectionRecord heldBy(String holder) {
        return new LeaderElectionRecord(holder, Arena.LEASE, Optional.empty(), Optional.empty(), 0);
    }

    private Candidate candidate(WayOut way, Work work) {
        Candidate a = arena.candidate("a", config -> {
            if (way == WayOut.UNHEALTHY) {
                config.health(healthy::get);
            }
        });
        a.tape.whenStarted = leadership -> {
            if (work == Work.WAITS_FOR_ITS_INTERRUPT) {
                end.await();
            }
        };
        return a;
    }

    @ParameterizedTest
    @MethodSource("waysOut")
    void oneStopForTheStart(WayOut way, Work work) {
        Candidate a = candidate(way, work).startAndLead();
        way.take.accept(this, a);
        arena.walkUntil("the stop", () -> a.tape.stops() == 1);
        assertEquals("stopped " + way.reason, a.tape.ownLines().get(1));
        assertEquals(Optional.of(way.reason), a.tape.tenures.get(0).revocationReason());
        assertFalse(a.tape.tenures.get(0).isValid());
        if (way != WayOut.CLOSE) {
            arena.walkUntil("a leads again", () -> a.tape.starts() == 2);
        }
        arena.walkUntilDone(a.closing());
        assertAlternating(a);
    }

    @ParameterizedTest
    @MethodSource("waysOut")
    void oneStopForTheStartEvenIfItThrows(WayOut way, Work work) {
        Candidate a = candidate(way, work);
        a.tape.whenStopped = ended -> {
            if (way.ordinal() % 2 == 0) {
                throw new NoClassDefFoundError("thrown");
            }
            throw new Exception("thrown");
        };
        a.startAndLead();
        way.take.accept(this, a);
        arena.walkUntil("the stop", () -> a.tape.stops() == 1);
        arena.await("the error", () -> a.tape.errors.stream().anyMatch(error -> "thrown".equals(error.getMessage())));
        arena.walkUntilDone(a.closing());
        assertAlternating(a);
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new Exception("thrown"),
                new IllegalStateException("thrown"),
                new AssertionError("thrown"),
                new InterruptedException("thrown"));
    }

    /** Pain 24: and a tenure that is tied to its work ends with it. */
    @ParameterizedTest
    @MethodSource("thrown")
    void oneStopForAStartThatThrows(Throwable thrown) {
        Candidate a = arena.candidate("a", config -> config.resignWhenWorkEnds(true));
        a.tape.whenStarted = leadership -> {
            if (a.tape.starts() == 1) {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (Exception) thrown;
            }
        };
        a.start();
        arena.walkUntil("the stop", () -> a.tape.stops() >= 1);
        assertEquals("stopped WORK_ENDED", a.tape.ownLines().get(1));
        arena.await("the error", () -> a.tape.errors.contains(thrown));
        arena.walkUntil("a leads again", () -> a.tape.starts() >= 2);
        arena.walkUntilDone(a.closing());
        assertAlternating(a);
    }

    /** Without that tie it does not: the work may have been started elsewhere. */
    @Test
    void aStartThatThrowsIsReportedAndTheTenureGoesOn() {
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> {
            throw new Exception("thrown");
        };
        a.startAndLead();
        arena.await("the error", () -> !a.tape.errors.isEmpty());
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        arena.walkUntilDone(a.closing());
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
    }

    @Test
    void oneStopWhenTheThreadInRunIsInterrupted() {
        Candidate a = candidate(WayOut.CLOSE, Work.WAITS_FOR_ITS_INTERRUPT);
        Candidate.Run run = a.run();
        arena.await("a leads", () -> a.tape.starts() == 1);
        run.thread().interrupt();
        arena.walkUntil("run() returns", run.over()::isDone);
        assertTrue(run.over().isCompletedExceptionally());
        arena.walkUntilDone(a.closing());
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
    }

    /** A callback lane that is stuck in front of the start: the tenure may be over before its start can be called. */
    @Test
    void noStopForATenureThatEndedBeforeItsStart() {
        Candidate a = arena.candidate("a");
        a.tape.whenLeaderChanges = leader -> Stubborn.await(end);
        a.start();
        arena.await("a leads, and its callbacks are stuck", () -> a.elector.isLeader() && !a.tape.lines.isEmpty());
        a.faults.untilHealed(InMemoryFault.loseRequest());
        arena.walk(Arena.RENEW);
        assertFalse(a.elector.isLeader());
        a.tape.whenLeaderChanges = leader -> {};
        end.countDown();
        a.faults.heal();
        arena.walkUntil("a leads again", () -> a.tape.starts() == 1);
        arena.walkUntilDone(a.closing());
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
    }

    /** Pain 5. */
    @Test
    void closedWithoutEverLeadingNeitherStartsNorStops() {
        arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        arena.walkUntilDone(b.closing());
        assertEquals(List.of("closed"), b.tape.ownLines());
        Candidate never = arena.candidate("never");
        arena.walkUntilDone(never.closing());
        assertEquals(List.of("closed"), never.tape.lines);
    }

    /** Pain 5: not even if it was about to lead. */
    @Test
    void closedWhileItsAcquisitionIsUnderWayNeitherStartsNorStops() {
        Candidate a = arena.candidate("a");
        a.faults.next(1, InMemoryFault.delay(Duration.ofSeconds(1)).onWrites());
        a.start();
        arena.await("the write is under way", () -> arena.space.writeCount() == 1);
        arena.walkUntilDone(a.closing());
        assertEquals(List.of("closed"), a.tape.ownLines());
        assertEquals("", arena.holder());
    }

    static void assertAlternating(Candidate candidate) {
        List<String> lines = candidate.tape.ownLines();
        assertEquals("closed", lines.get(lines.size() - 1), lines::toString);
        assertEquals(1, candidate.tape.count("closed"), lines::toString);
        for (int i = 0; i < lines.size() - 1; i++) {
            assertEquals(i % 2 == 0, lines.get(i).equals("started"), lines::toString);
        }
        assertEquals(candidate.tape.starts(), candidate.tape.stops(), lines::toString);
        assertEquals("closed", candidate.tape.lines.get(candidate.tape.lines.size() - 1));
    }
}
