package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.RevocationReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DrainTests {

    private static final Duration DRAIN = Duration.ofMinutes(10);

    @AutoClose
    private final Arena arena = new Arena();

    private final CountDownLatch end = new CountDownLatch(1);

    private static void draining(LeaderElectionConfig.Builder config) {
        config.drainTimeout(DRAIN);
    }

    /** Pain 21: revoked, renewed while the work ends, and only then released. */
    @Test
    void theRecordIsHeldAndRenewedUntilTheStartedWorkHasReturned() {
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        assertHeldAndRenewedUntilTheEnd(a);
    }

    /** Pain 21. */
    @Test
    void theRecordIsHeldAndRenewedUntilTheStopCallbackHasReturned() {
        Candidate a = arena.candidate("a");
        a.tape.whenStopped = ended -> Stubborn.await(end);
        assertHeldAndRenewedUntilTheEnd(a);
    }

    /** Pain 21: what is registered for the revocation is part of the work. */
    @Test
    void theRecordIsHeldAndRenewedUntilTheRevocationActionsHaveReturned() {
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> leadership.onRevoked(() -> Stubborn.await(end));
        assertHeldAndRenewedUntilTheEnd(a);
    }

    private void assertHeldAndRenewedUntilTheEnd(Candidate a) {
        Candidate b = arena.candidate("b");
        a.startAndLead();
        b.start();
        arena.await("the work has begun", () -> a.tape.starts() == 1);
        CompletableFuture<Void> closing = a.closing();
        arena.await("a was told", () -> !a.elector.isLeader());
        for (int lease = 0; lease < 4; lease++) {
            Instant renewed = arena.record().renewTime().orElseThrow();
            arena.walk(Arena.LEASE);
            assertEquals("a", arena.holder());
            assertTrue(arena.record().renewTime().orElseThrow().isAfter(renewed));
            assertFalse(a.elector.isLeader());
            assertFalse(b.elector.isLeader());
        }
        end.countDown();
        arena.await("b leads", b.elector::isLeader);
        Await.result(closing);
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
    }

    /** I4: work that never ends is named, its lease is left to lapse, and close() is bounded. */
    @Test
    void workThatNeverEndsIsNamedAndItsLeaseLeftToLapse() {
        Candidate a = arena.candidate("a", DrainTests::draining);
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        a.startAndLead();
        Candidate b = arena.candidate("b").start();
        CompletableFuture<Void> closing = a.closing();
        arena.await("a was told", () -> !a.elector.isLeader());
        arena.walk(DRAIN.dividedBy(2).minusSeconds(1));
        assertEquals(0, a.tape.stops());
        arena.walk(Duration.ofSeconds(1));
        arena.await("the stop, without the work having returned", () -> a.tape.stops() == 1);
        arena.walk(DRAIN.dividedBy(2).minusSeconds(1));
        assertFalse(closing.isDone());
        assertEquals("a", arena.holder());
        arena.walkUntilDone(closing);
        arena.await(
                "the work is named",
                () -> a.tape.errors.stream()
                        .map(error -> String.valueOf(error.getMessage()))
                        .anyMatch(message -> message.contains("drain timeout") && message.contains("identity=a")));
        assertFalse(b.elector.isLeader(), "the lease has to lapse first");
        arena.walkUntil("b leads", b.elector::isLeader);
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
        end.countDown();
    }

    /** I4: also when the tenure was lost: nobody is kept from campaigning, but the elector itself. */
    @Test
    void workThatNeverEndsKeepsItsElectorFromCampaigning() {
        Candidate a = arena.candidate("a", DrainTests::draining);
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        a.startAndLead();
        arena.space.delete(Arena.ELECTION);
        arena.await("the loss", () -> !a.elector.isLeader());
        Candidate b = arena.candidate("b").start();
        arena.walkUntil("b leads", b.elector::isLeader);
        arena.walk(DRAIN.plusSeconds(1));
        arena.await(
                "the work is named",
                () -> a.tape.errors.stream()
                        .anyMatch(error -> String.valueOf(error.getMessage()).contains("drain timeout")));
        arena.walkUntilDone(b.closing());
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertEquals(1, a.tape.starts());
        end.countDown();
        arena.walkUntil("a leads again", () -> a.tape.starts() == 2);
        assertEquals(List.of("started", "stopped DELETED", "started"), a.tape.ownLines());
    }

    /** The interrupt is for the work, and for no callback that comes after it on its thread. */
    @Test
    void theInterruptDoesNotReachLaterCallbacks() {
        AtomicReference<Thread> worker = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> {
            worker.set(Thread.currentThread());
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            // and the flag is left set
        };
        a.tape.whenStopped =
                ended -> interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
        a.tape.whenLeaderChanges = leader ->
                interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
        a.tape.whenError =
                error -> interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
        a.tape.whenClosed = closed ->
                interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
        a.startAndLead();
        for (int round = 1; round <= 10; round++) {
            int stops = round;
            a.elector.stepDown();
            arena.await("the stop", () -> a.tape.stops() == stops);
            arena.walkUntil("a leads again", () -> a.tape.starts() == stops + 1);
        }
        arena.walkUntilDone(a.closing());
        assertFalse(interrupted.get());
        assertEquals(List.of(), a.tape.errors, "an interrupt that was meant is no error");
    }

    /** Work that ends by its interrupt ends well. */
    @Test
    void workIsInterruptedWhenItsTenureEnds() {
        Candidate a = arena.candidate("a");
        a.tape.whenStarted = leadership -> end.await();
        a.startAndLead();
        arena.walkUntilDone(a.closing());
        assertEquals(List.of("started", "stopped CLOSED", "closed"), a.tape.ownLines());
        assertEquals(List.of(), a.tape.errors);
        assertEquals(Optional.of(RevocationReason.CLOSED), a.tape.lastTenure().revocationReason());
    }

    /** The Go package's default. */
    @Test
    void withoutReleaseOnCancelTheLeaseIsLeftToLapse() {
        Candidate a =
                arena.candidate("a", config -> config.releaseOnCancel(false)).startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        arena.walkUntilDone(a.closing());
        assertEquals("a", arena.holder());
        arena.walk(Arena.RENEW);
        assertFalse(b.elector.isLeader());
        arena.walk(Arena.LEASE);
        arena.await("b leads", b.elector::isLeader);
    }

    @Test
    void withReleaseOnCancelAnotherOneLeadsAtOnce() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        int transitions = arena.record().leaderTransitions();
        Await.result(a.closing());
        arena.await("b leads", b.elector::isLeader);
        assertEquals(transitions + 1, arena.record().leaderTransitions());
    }
}
