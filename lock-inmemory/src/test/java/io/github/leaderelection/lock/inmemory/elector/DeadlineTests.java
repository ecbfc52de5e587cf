package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.LeadershipLostException;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DeadlineTests {

    @AutoClose
    private final Arena arena = new Arena();

    /** Pain 1. */
    @Test
    void leaderStopsAnsweringTrueAtTheDeadlineWhileARenewalHangs() {
        Candidate a = arena.candidate("a").startAndLead();
        Leadership tenure = a.tape.lastTenure();
        a.faults.untilHealed(InMemoryFault.loseRequest());
        arena.walk(Arena.RENEW.minusNanos(1));
        assertTrue(a.elector.isLeader());
        assertTrue(tenure.isValid());
        assertEquals(Duration.ofNanos(1), tenure.remaining());
        tenure.checkValid();
        arena.walk(Duration.ofNanos(1));
        assertEnded(a, tenure);
        arena.await("the end is noticed", () -> a.tape.count("stopped EXPIRED") == 1);
    }

    /** Pain 1: no thread of the elector has to run for that, and no callback has to return. */
    @Test
    void leaderStopsAnsweringTrueWithAllItsThreadsStuck() {
        CountDownLatch end = new CountDownLatch(1);
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        a.tape.whenLeaderChanges = leader -> Stubborn.await(end);
        a.start();
        arena.await("a's callbacks are stuck", () -> a.elector.isLeader() && !a.tape.lines.isEmpty());
        Optional<Leadership> tenure = a.elector.leadership();
        a.holdTimers();
        arena.time.advance(Arena.RENEW.minusNanos(1));
        assertTrue(a.elector.isLeader());
        arena.time.advance(Duration.ofNanos(1));
        assertEnded(a, tenure.orElseThrow());
        assertEquals(Optional.empty(), tenure.orElseThrow().revocationReason(), "the end could be noticed");
        a.letTimersGo();
        arena.await(
                "the end is noticed",
                () -> tenure.orElseThrow().revocationReason().equals(Optional.of(RevocationReason.EXPIRED)));
        assertEnded(a, tenure.orElseThrow());
        end.countDown();
    }

    /** Pain 1: not even for a renewal that succeeds in the end. */
    @Test
    void aTenureThatWasOverStaysOverWhenARenewalSucceedsLate() {
        Candidate a = arena.candidate("a").startAndLead();
        Leadership tenure = a.tape.lastTenure();
        a.holdTimers();
        arena.time.advance(Arena.RENEW.minusMillis(1));
        a.faults.next(1, InMemoryFault.delay(Duration.ofMillis(4)));
        a.letTimersGo();
        arena.await("a renewal is under way", () -> arena.time.pendingCount() == 2); // and waits for its deadline
        a.holdTimers();
        arena.time.advance(Duration.ofMillis(1));
        assertEnded(a, tenure);
        arena.time.advance(Duration.ofMillis(3));
        assertTrue(
                arena.record()
                        .renewTime()
                        .orElseThrow()
                        .isAfter(arena.time.wallTime().minusSeconds(5)),
                "the renewal was applied");
        a.letTimersGo();
        arena.await("the end is noticed", () -> a.tape.count("stopped EXPIRED") == 1);
        assertFalse(tenure.isValid());
    }

    /** Pain 4. */
    @Test
    void readsThatSucceedExtendNothing() {
        Candidate a = arena.candidate("a").startAndLead();
        Leadership tenure = a.tape.lastTenure();
        a.faults.untilHealed(InMemoryFault.loseRequest().onWrites());
        arena.walk(Arena.RENEW.minusNanos(1));
        assertTrue(tenure.isValid());
        assertTrue(arena.space.readCount() > 1);
        arena.walk(Duration.ofNanos(1));
        assertEnded(a, tenure);
        arena.await("the end is noticed", () -> a.tape.count("stopped EXPIRED") == 1);
    }

    /** Pain 1: whoever takes over does so after the leader has stopped answering true. */
    @Test
    void noInstantHasTwoLeadersWhenTheLeaderIsCutOff() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        a.faults.untilHealed(InMemoryFault.loseRequest());
        a.faults.silenceWatches();
        for (int step = 0; step < 400 && !b.elector.isLeader(); step++) {
            arena.walk(Duration.ofMillis(50));
            assertFalse(a.elector.isLeader() && b.elector.isLeader());
        }
        assertTrue(b.elector.isLeader());
        assertFalse(a.elector.isLeader());
    }

    /** A request that hangs is given up in time for others to be tried: it costs no tenure. */
    @Test
    void oneRenewalThatHangsCostsNoTenure() {
        Candidate a = arena.candidate("a").startAndLead();
        Leadership tenure = a.tape.lastTenure();
        a.faults.next(2, InMemoryFault.loseRequest());
        arena.walk(Arena.LEASE.multipliedBy(4));
        assertTrue(tenure.isValid());
    }

    private static void assertEnded(Candidate candidate, Leadership tenure) {
        assertFalse(candidate.elector.isLeader());
        assertEquals(Optional.empty(), candidate.elector.leadership());
        assertFalse(tenure.isValid());
        assertEquals(Duration.ZERO, tenure.remaining());
        LeadershipLostException lost = assertThrows(LeadershipLostException.class, tenure::checkValid);
        String message = String.valueOf(lost.getMessage());
        assertTrue(message.contains(candidate.identity), message);
        assertTrue(message.contains(Long.toString(tenure.fencingToken())), message);
    }
}
