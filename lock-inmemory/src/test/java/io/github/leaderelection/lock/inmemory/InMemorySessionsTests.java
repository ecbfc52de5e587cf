package io.github.leaderelection.lock.inmemory;

import static io.github.leaderelection.lock.inmemory.Records.completed;
import static io.github.leaderelection.lock.inmemory.Records.failure;
import static io.github.leaderelection.lock.inmemory.Records.heldBy;
import static io.github.leaderelection.lock.inmemory.Records.isUnderWay;
import static io.github.leaderelection.lock.inmemory.Records.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemorySessionsTests {

    private static final Duration LEASE = Duration.ofSeconds(15);

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);
    private final LockSessions sessions = sessions("a");
    private final InMemoryFaults faults = space.faults("a");
    private final LockSession session = completed(sessions.open(LEASE));

    /** Who was told that a session has ended, in order. */
    private final List<String> told = new ArrayList<>();

    private LockSessions sessions(String identity) {
        return space.lock("election", identity).sessions().orElseThrow();
    }

    private void watch(String identity) {
        sessions(identity).watch(session.id(), () -> told.add(identity));
    }

    private static void assertKept(CompletionStage<KeepAlive> keepAlive) {
        assertEquals(KeepAlive.kept(), completed(keepAlive));
    }

    private static void assertEnded(CompletionStage<KeepAlive> keepAlive) {
        assertEquals(KeepAlive.ended(), completed(keepAlive));
    }

    @Test
    void aSessionEndsExactlyWhenItsLeaseHasPassed() {
        watch("b");
        time.advance(LEASE.minusNanos(1));
        assertEquals(List.of(), told);
        time.advance(Duration.ofNanos(1));
        assertEquals(List.of("b"), told);
        assertEnded(session.keepAlive(true));
    }

    @Test
    void aSessionLivesForItsWholeLeaseSinceItWasLastKeptAlive() {
        watch("b");
        time.advance(LEASE.minusNanos(1));
        assertKept(session.keepAlive(false));
        time.advance(LEASE.minusNanos(1));
        assertKept(session.keepAlive(true));
        time.advance(LEASE.minusNanos(1));
        assertEquals(List.of(), told);
        time.advance(Duration.ofNanos(1));
        assertEquals(List.of("b"), told);
        assertEquals(0, time.pendingCount());
    }

    /** The same clock, whose timers are so late that they never come. */
    private TimeSource withoutTimers() {
        return new TimeSource() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public Instant wallTime() {
                return time.wallTime();
            }

            @Override
            public Subscription schedule(Runnable task, long delayNanos) {
                return () -> {};
            }
        };
    }

    @Test
    void aSessionIsOverAlsoIfItsTimerIsLate() {
        LockSessions here = new InMemorySpace(withoutTimers())
                .lock("election", "a")
                .sessions()
                .orElseThrow();
        LockSession over = completed(here.open(LEASE));
        here.watch(over.id(), () -> told.add("before"));
        time.advance(LEASE);
        assertEquals(List.of(), told);
        here.watch(over.id(), () -> told.add("after"));
        assertEquals(List.of("before", "after"), told);
        assertEnded(over.keepAlive(true));
        time.advance(LEASE);
        assertEnded(over.keepAlive(true));
    }

    @Test
    void anEndIsToldToEveryWatchOnceAndInTheOrderOfTheirOpening() {
        watch("b");
        watch("c");
        watch("b");
        completed(session.end());
        assertEquals(List.of("b", "c", "b"), told);
        completed(session.end());
        space.endSession(session.id());
        time.advance(LEASE);
        assertEquals(List.of("b", "c", "b"), told);
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aWatchTellsAtOnceOfASessionThatHasEndedOrNeverWas() {
        space.endSession(session.id());
        watch("b");
        sessions.watch("never", () -> told.add("never"));
        assertEquals(List.of("b", "never"), told);
    }

    @Test
    void anOperatorEndsOneSessionAndNoOther() {
        LockSession other = completed(sessions.open(LEASE));
        assertNotEquals(session.id(), other.id());
        space.endSession(session.id());
        assertEnded(session.keepAlive(false));
        assertKept(other.keepAlive(false));
    }

    @Test
    void aClosedWatchTellsNothing() {
        sessions.watch(session.id(), () -> told.add("closed")).close();
        watch("b");
        completed(session.end());
        assertEquals(List.of("b"), told);
    }

    @Test
    void whoThrowsWhenToldLeavesTheOthersAndTheCallerAlone() {
        sessions.watch(session.id(), () -> {
            throw new IllegalStateException("thrown on purpose");
        });
        watch("b");
        completed(session.end());
        assertEquals(List.of("b"), told);
    }

    @Test
    void whoIsToldMayAskForTheSessionAgain() {
        sessions.watch(session.id(), () -> {
            assertEnded(session.keepAlive(true));
            watch("b");
        });
        completed(session.end());
        assertEquals(List.of("b"), told);
    }

    @Test
    void locksOfOneClientShareTheirSessionsAndThoseOfOthersDoNot() {
        InMemoryClient client = space.client("process");
        Optional<LockSessions> shared =
                client.lock("election", "x", Leases.SESSION).sessions();
        assertSame(
                shared.orElseThrow(),
                client.lock("another", "y", Leases.OBSERVED).sessions().orElseThrow());
        assertSame(
                shared.orElseThrow(),
                space.lock("election", "process", Leases.SESSION).sessions().orElseThrow());
        assertNotSame(shared.orElseThrow(), sessions);
        assertThrows(IllegalArgumentException.class, () -> space.client(" "));
    }

    @Test
    void aLockSaysWhetherItsLeadersHoldBySession() {
        assertFalse(space.lock("election", "a").capabilities().sessions());
        assertFalse(space.lock("election", "a", Leases.OBSERVED).capabilities().sessions());
        assertTrue(space.lock("election", "a", Leases.SESSION).capabilities().sessions());
    }

    @Test
    void theSessionOfARecordIsKeptAndRewrittenLikeAnyField() {
        LeaderElectionRecord record =
                new LeaderElectionRecord("a", LEASE, Optional.empty(), Optional.empty(), 0, Optional.of(session.id()));
        var version = written(space.lock("election", "a").create(record));
        assertEquals(Optional.of(record), space.record("election"));
        written(space.lock("election", "b").update(heldBy("b"), version));
        assertEquals(Optional.empty(), space.record("election").orElseThrow().session());
    }

    @Test
    void aSessionOutlivesTheLocksOfItsClient() {
        var lock = space.lock("election", "a");
        lock.close();
        assertKept(session.keepAlive(true));
    }

    @Test
    void aLeaseThatCannotBeKeptIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ofNanos(999_999)));
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ofSeconds(Long.MAX_VALUE)));
        completed(sessions.open(Duration.ofMillis(1)));
    }

    @Test
    void keepAlivesAreCountedWhateverBecomesOfThem() {
        assertEquals(0, space.keepAliveCount());
        faults.next(1, InMemoryFault.refuse());
        session.keepAlive(true);
        session.keepAlive(false);
        completed(session.end());
        session.keepAlive(false);
        assertEquals(3, space.keepAliveCount());
        assertEquals(0, space.writeCount());
    }

    @Test
    void aRefusedOrLostKeepAliveDoesNotKeepTheSessionAlive() {
        time.advance(Duration.ofSeconds(10));
        faults.next(1, InMemoryFault.refuse());
        faults.next(1, InMemoryFault.deny());
        faults.next(1, InMemoryFault.loseRequest());
        failure(LockUnavailableException.class, session.keepAlive(true));
        failure(LockDeniedException.class, session.keepAlive(true));
        CompletionStage<KeepAlive> lost = session.keepAlive(true);
        time.advance(Duration.ofSeconds(5));
        assertTrue(isUnderWay(lost));
        assertEnded(session.keepAlive(true));
    }

    @Test
    void aKeepAliveWhoseReplyIsLostOrSwallowedKeepsTheSessionAlive() {
        time.advance(Duration.ofSeconds(10));
        faults.next(1, InMemoryFault.loseReply());
        failure(LockIndeterminateException.class, session.keepAlive(true));
        time.advance(Duration.ofSeconds(10));
        faults.next(1, InMemoryFault.swallowReply());
        CompletionStage<KeepAlive> swallowed = session.keepAlive(true);
        time.advance(Duration.ofSeconds(10));
        assertTrue(isUnderWay(swallowed));
        assertKept(session.keepAlive(true));
    }

    @Test
    void aDelayedKeepAliveCountsFromItsArrival() {
        watch("b");
        faults.next(1, InMemoryFault.delay(Duration.ofSeconds(4)).onKeepAlives());
        CompletionStage<KeepAlive> delayed = session.keepAlive(true);
        time.advance(Duration.ofSeconds(2));
        assertTrue(isUnderWay(delayed));
        time.advance(Duration.ofSeconds(2));
        assertKept(delayed);
        time.advance(Duration.ofSeconds(13).minusNanos(1));
        assertEquals(List.of(), told);
        time.advance(Duration.ofNanos(1));
        assertEquals(List.of("b"), told);
    }

    @Test
    void anOpeningWhoseReplyIsLostLeavesASessionThatEndsByItself() {
        faults.next(1, InMemoryFault.loseReply().onSessions());
        failure(LockIndeterminateException.class, sessions.open(LEASE));
        assertEquals(2, time.pendingCount());
        time.advance(LEASE);
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aFaultMayHitSessionsAloneAndKeepAlivesAlone() {
        faults.untilHealed(InMemoryFault.refuse().onKeepAlives());
        failure(LockUnavailableException.class, session.keepAlive(true));
        completed(session.end());
        completed(sessions.open(LEASE));
        faults.heal();
        faults.untilHealed(InMemoryFault.refuse().onSessions());
        failure(LockUnavailableException.class, session.keepAlive(true));
        failure(LockUnavailableException.class, session.end());
        failure(LockUnavailableException.class, sessions.open(LEASE));
        written(space.lock("election", "a").create(heldBy("a")));
        faults.heal();
        faults.untilHealed(InMemoryFault.refuse().onWrites());
        assertEnded(session.keepAlive(true));
    }

    @Test
    void faultsOfSessionsGoByTheNameOfTheClient() {
        LockSessions ofProcess = space.client("process")
                .lock("election", "a", Leases.SESSION)
                .sessions()
                .orElseThrow();
        faults.untilHealed(InMemoryFault.refuse());
        LockSession spared = completed(ofProcess.open(LEASE));
        space.faults("process").untilHealed(InMemoryFault.deny());
        failure(LockDeniedException.class, spared.keepAlive(false));
    }

    @Test
    void aSilencedWatchIsToldWhenItIsHealed() {
        watch("a");
        faults.silenceWatches();
        watch("a");
        watch("b");
        completed(session.end());
        assertEquals(List.of("b"), told);
        faults.heal();
        assertEquals(List.of("b", "a", "a"), told);
        faults.heal();
        assertEquals(List.of("b", "a", "a"), told);
    }

    @Test
    void aSilencedWatchOverASessionThatLivesOnGoesOn() {
        watch("a");
        faults.silenceWatches();
        faults.heal();
        assertEquals(List.of(), told);
        completed(session.end());
        assertEquals(List.of("a"), told);
    }

    @Test
    void aWatchThatIsCutGoesOnUnlessAFaultKeepsItOut() {
        watch("a");
        faults.cutWatches();
        LockSession second = completed(sessions.open(LEASE));
        sessions.watch(second.id(), () -> told.add("second"));
        completed(session.end());
        assertEquals(List.of("a"), told);
        faults.untilHealed(InMemoryFault.refuse());
        faults.cutWatches();
        space.endSession(second.id());
        assertEquals(List.of("a"), told);
        faults.heal();
        assertEquals(List.of("a", "second"), told);
    }

    @Test
    void aWatchOpenedWhileAFaultKeepsItOutIsToldWhenItIsHealed() {
        faults.next(1, InMemoryFault.refuse().onWatches());
        sessions.watch(session.id(), () -> told.add("counted"));
        faults.untilHealed(InMemoryFault.loseRequest());
        sessions.watch(session.id(), () -> told.add("lasting"));
        space.endSession(session.id());
        assertEquals(List.of("counted"), told);
        faults.heal();
        assertEquals(List.of("counted", "lasting"), told);
    }

    /** A request that is lost holds up requests; a watch that stands is none. */
    @Test
    void aWatchThatStandsIsToldWhileRequestsAreLost() {
        watch("a");
        faults.untilHealed(InMemoryFault.loseRequest());
        space.endSession(session.id());
        assertEquals(List.of("a"), told);
    }

    @Test
    void onTheSystemClockASessionEndsByItself() throws Exception {
        LockSessions real = new InMemorySpace().lock("election", "a").sessions().orElseThrow();
        Duration lease = Duration.ofMillis(50);
        long openedNanos = System.nanoTime();
        LockSession brief = completed(real.open(lease));
        CountDownLatch ended = new CountDownLatch(1);
        real.watch(brief.id(), ended::countDown);
        assertTrue(ended.await(30, TimeUnit.SECONDS));
        assertTrue(System.nanoTime() - openedNanos >= lease.toNanos());
    }

    @Test
    void manyWhoKeepAliveAndEndAtOnceAgreeOnTheEnd() {
        LockSession contended = completed(sessions.open(LEASE));
        CountDownLatch ended = new CountDownLatch(1);
        sessions.watch(contended.id(), ended::countDown);
        List<CompletableFuture<KeepAlive>> last = new ArrayList<>();
        for (int each = 0; each < 8; each++) {
            boolean ends = each == 0;
            last.add(CompletableFuture.supplyAsync(() -> {
                for (int turn = 0; turn < 1000; turn++) {
                    contended.keepAlive(false);
                }
                if (ends) {
                    completed(contended.end());
                }
                return ends ? completed(contended.keepAlive(true)) : KeepAlive.ended();
            }));
        }
        last.forEach(each -> assertEquals(KeepAlive.ended(), completed(each)));
        assertEquals(0, ended.getCount());
        assertEquals(1, time.pendingCount());
    }
}
