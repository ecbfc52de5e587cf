package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeadershipLostException;
import io.github.leaderelection.RevocationReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TenureTests {

    private final HandClock time = new HandClock();
    private final long renewNanos = Duration.ofSeconds(10).toNanos();
    private final Tenure tenure = new Tenure("election", "a", 1, 7, renewNanos, renewNanos, new Clock(time));

    private void advance(Duration step) {
        time.advance(step, () -> {});
    }

    /** Pain 1: whoever saw it end must not see it again. */
    @Test
    void aTenureThatWasSeenToEndIsNotExtended() {
        advance(Duration.ofSeconds(10));
        assertFalse(tenure.isValid());
        assertFalse(tenure.extend(3 * renewNanos));
        assertFalse(tenure.isValid());
        assertEquals(Duration.ZERO, tenure.remaining());
    }

    /** Pain 1: nor is one that ended unseen. */
    @Test
    void aTenureThatEndedUnseenIsNotExtended() {
        advance(Duration.ofSeconds(10));
        assertFalse(tenure.extend(3 * renewNanos));
        assertFalse(tenure.isValid());
    }

    @Test
    void aTenureThatWasRevokedIsNotExtended() {
        tenure.revoke(RevocationReason.CLOSED);
        assertFalse(tenure.isValid());
        assertFalse(tenure.extend(3 * renewNanos));
        assertFalse(tenure.isValid());
    }

    @Test
    void aTenureInTimeIsExtended() {
        advance(Duration.ofNanos(renewNanos - 1));
        assertTrue(tenure.extend(2 * renewNanos));
        assertEquals(Duration.ofNanos(renewNanos + 1), tenure.remaining());
    }

    @Test
    void revocationActionsRunInOrderAndLateOnesAtOnce() {
        List<String> ran = new ArrayList<>();
        tenure.onRevoked(() -> ran.add("first"));
        tenure.onRevoked(() -> ran.add("second"));
        tenure.revoke(RevocationReason.CLOSED);
        tenure.takeRevocationActions().forEach(Runnable::run);
        tenure.onRevoked(() -> ran.add("late"));
        assertEquals(List.of("first", "second", "late"), ran);
    }

    /** The interrupt is for the work of this tenure, not for what the thread does next. */
    @Test
    void theInterruptDoesNotOutliveTheWork() {
        assertTrue(tenure.workBegins());
        tenure.revoke(RevocationReason.CLOSED);
        assertTrue(Thread.currentThread().isInterrupted());
        tenure.workEnds();
        assertFalse(Thread.currentThread().isInterrupted());
        tenure.revoke(RevocationReason.CLOSED);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /** I8: whoever stops it asks then whether it has started, and must not be told otherwise later. */
    @Test
    void workThatHasNotBegunByTheRevocationNeverDoes() {
        tenure.revoke(RevocationReason.CLOSED);
        assertFalse(tenure.workStarted());
        assertFalse(tenure.workBegins());
        assertFalse(tenure.workStarted());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void workThatHasNotBegunByTheDeadlineNeverDoes() {
        advance(Duration.ofSeconds(10));
        assertFalse(tenure.workBegins());
        tenure.revoke(RevocationReason.EXPIRED);
        assertFalse(tenure.workStarted());
    }

    @Test
    void itSaysWhoseItIs() {
        Tenure other = new Tenure("election", "a", 1, 7, renewNanos + 5, renewNanos, new Clock(time));
        assertEquals("election", other.election());
        assertEquals("a", other.identity());
        assertEquals(1, other.number());
        assertEquals(7, other.fencingToken());
        assertEquals(5, other.lastSentNanos());
        assertTrue(other.extend(renewNanos + 8));
        assertEquals(8, other.lastSentNanos());
    }

    @Test
    void whoeverChecksIsToldWhyItHasEnded() {
        tenure.checkValid();
        advance(Duration.ofSeconds(10));
        assertEquals(
                "the tenure of a in the election election with token 7 has ended: it was not renewed in time;"
                        + " stop acting as the leader",
                assertThrows(LeadershipLostException.class, tenure::checkValid).getMessage());
        tenure.revoke(RevocationReason.CLOSED);
        assertEquals(
                "the tenure of a in the election election with token 7 has ended: CLOSED; stop acting as the leader",
                assertThrows(LeadershipLostException.class, tenure::checkValid).getMessage());
    }

    @Test
    void itsTextSaysWhetherItStands() {
        String who = "Leadership[election=election, identity=a, token=7, ";
        assertEquals(who + "valid]", tenure.toString());
        assertEquals(Optional.empty(), tenure.revocationReason());
        advance(Duration.ofSeconds(10));
        assertEquals(who + "ended]", tenure.toString());
        tenure.revoke(RevocationReason.EXPIRED);
        assertEquals(who + "ended EXPIRED]", tenure.toString());
        assertEquals(Optional.of(RevocationReason.EXPIRED), tenure.revocationReason());
    }

    @Test
    void nothingRemainsOfATenureThatEndedLongAgo() {
        advance(Duration.ofSeconds(11));
        assertEquals(Duration.ZERO, tenure.remaining());
        Tenure unseen = new Tenure("election", "a", 2, 8, renewNanos, renewNanos, new Clock(new HandClock()));
        assertEquals(Duration.ofNanos(renewNanos), unseen.remaining());
        assertFalse(tenure.extend(3 * renewNanos));
    }

    @Test
    void theCheckOfTheStartEndsWhenTheWorkBegins() {
        AtomicInteger closed = new AtomicInteger();
        tenure.watchStart(closed::incrementAndGet);
        assertTrue(tenure.workBegins());
        assertTrue(tenure.workStarted());
        assertEquals(1, closed.get());
        tenure.workEnds();
        tenure.revoke(RevocationReason.CLOSED);
        assertEquals(1, closed.get());
    }

    @Test
    void theCheckOfTheStartEndsWithTheTenure() {
        AtomicInteger closed = new AtomicInteger();
        tenure.watchStart(closed::incrementAndGet);
        tenure.revoke(RevocationReason.CLOSED);
        assertEquals(1, closed.get());
        tenure.revoke(RevocationReason.CLOSED);
        assertEquals(1, closed.get());
    }

    @Test
    void whoeverWaitsForTheWorkIsToldOfItsEndHoweverEarlyItAsks() {
        CompletableFuture<Void> before = tenure.workReturned();
        assertTrue(tenure.workBegins());
        tenure.workEnds();
        assertFalse(before.isDone());
        tenure.workIsOver();
        assertTrue(before.isDone());
        assertTrue(tenure.workReturned().isDone());
    }

    @Test
    void whoeverAsksWhenTheWorkIsOverNeedNotWait() {
        tenure.workIsOver();
        assertTrue(tenure.workReturned().isDone());
    }

    @Test
    void workIsInterruptedOnce() {
        assertTrue(tenure.workBegins());
        tenure.revoke(RevocationReason.CLOSED);
        assertTrue(Thread.interrupted());
        tenure.revoke(RevocationReason.CLOSED);
        assertFalse(Thread.interrupted());
    }

    @Test
    void revocationActionsDoNotRunBeforeTheyAreTaken() {
        AtomicInteger ran = new AtomicInteger();
        tenure.onRevoked(ran::incrementAndGet);
        assertEquals(0, ran.get());
    }
}
