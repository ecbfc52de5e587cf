package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.RevocationReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
}
