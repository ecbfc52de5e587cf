package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A session lives for its lease and for as long as it is kept alive, and its end is final, and told. */
abstract class SessionContract extends Contract {

    /** How often a test is tried when the machine stalls, which lets sessions lapse that should be alive. */
    private static final int ATTEMPT_COUNT_MAX = 3;

    private Duration lease() {
        return harness().sessionLease();
    }

    private static LockSessions sessionsOf(ResourceLock lock) {
        Optional<LockSessions> sessions = lock.sessions();
        assumeTrue(sessions.isPresent(), "this lock has no sessions");
        return sessions.orElseThrow();
    }

    private LockSessions sessions(String identity) {
        return sessionsOf(open(identity));
    }

    private LockSession openSession(LockSessions sessions) {
        return await(sessions.open(lease()));
    }

    private static RecordingEnd watch(LockSessions sessions, LockSession session) {
        RecordingEnd end = new RecordingEnd();
        sessions.watch(session.id(), end);
        return end;
    }

    private KeepAlive.Kept assertKept(LockSession session, boolean proof) {
        return assertInstanceOf(
                KeepAlive.Kept.class, await(session.keepAlive(proof)), "what became of the session " + session.id());
    }

    private void assertEnded(LockSession session) {
        assertEquals(KeepAlive.ended(), await(session.keepAlive(true)), "with proof");
        assertEquals(KeepAlive.ended(), await(session.keepAlive(false)), "without proof");
    }

    private void awaitTold(RecordingEnd end) {
        awaitThat("the end of the session is told", () -> end.toldCount() > 0);
    }

    /**
     * Tries claims that hold while a session lives which is not kept alive. If they fail after its lease has passed, because
     * this machine stalled, that says nothing, and they are tried again.
     */
    private void whileItLives(LockSessions sessions, Consumer<LockSession> claims) {
        for (int attempt = 1; ; attempt++) {
            long startNanos = System.nanoTime();
            try {
                claims.accept(openSession(sessions));
                return;
            } catch (AssertionError failed) {
                boolean inTime = System.nanoTime() - startNanos < lease().toNanos();
                if (inTime || attempt == ATTEMPT_COUNT_MAX) {
                    throw failed;
                }
            }
        }
    }

    @Test
    final void aLockThatHoldsBySessionHasSessionsAndTheyStayTheSame() {
        ResourceLock lock = open("a");
        assertTrue(
                lock.sessions().isPresent() || !lock.capabilities().sessions(),
                "capabilities() say that records are held by sessions, of which there are none");
        LockSessions sessions = sessionsOf(lock);
        openSession(sessions);
        assertSame(sessions, sessionsOf(lock));
    }

    @Test
    final void locksOfOneClientHaveTheSameSessions() {
        ResourceLock lock = open("a");
        LockSessions sessions = sessionsOf(lock);
        ResourceLock beside = closedLater(harness().openOfSameClient(lock, freshElection()));
        assertSame(sessions, sessionsOf(beside));
    }

    /** One keep-alive serves all elections of a client, also when it has left one of them. */
    @Test
    final void closingALockLeavesTheSessionsToTheOtherLocksOfItsClient() {
        ResourceLock lock = open("a");
        LockSessions sessions = sessionsOf(lock);
        ResourceLock beside = closedLater(harness().openOfSameClient(lock, freshElection()));
        whileItLives(sessions, session -> {
            lock.close();
            assertKept(session, true);
        });
        RecordingEnd end = new RecordingEnd();
        LockSession session = openSession(sessionsOf(beside));
        sessionsOf(beside).watch(session.id(), end);
        await(session.end());
        awaitTold(end);
    }

    @Test
    final void anOpenedSessionHasAnIdAndIsAlive() {
        whileItLives(sessions("a"), session -> {
            assertFalse(session.id().isBlank(), "the id must not be blank");
            assertKept(session, false);
        });
    }

    @Test
    final void theProofThatASessionIsAliveIsNoOlderThanItsLease() {
        whileItLives(sessions("a"), session -> {
            Duration earlier = assertKept(session, true).earlier();
            assertTrue(
                    earlier.compareTo(lease()) < 0, "a proof that is older than the lease proves nothing: " + earlier);
        });
    }

    @Test
    final void noTwoSessionsHaveOneId() {
        LockSessions sessions = sessions("a");
        LockSession first = openSession(sessions);
        LockSession second = openSession(sessions);
        LockSession ofAnother = openSession(sessions("b"));
        List<LockSession> open = List.of(first, second, ofAnother);
        open.forEach(session -> await(session.end()));
        LockSession afterwards = openSession(sessions);
        Set<String> ids = Set.copyOf(List.of(first.id(), second.id(), ofAnother.id(), afterwards.id()));
        assertEquals(4, ids.size(), () -> "four sessions have the ids " + ids);
    }

    @Test
    final void aLeaseOfNothingIsRefused() {
        LockSessions sessions = sessions("a");
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ZERO));
    }

    @Test
    final void aSessionThatWasEndedIsNotKeptAlive() {
        LockSession session = openSession(sessions("a"));
        await(session.end());
        assertEnded(session);
    }

    @Test
    final void endingASessionAgainIsDone() {
        LockSession session = openSession(sessions("a"));
        await(session.end());
        await(session.end());
        assertEnded(session);
    }

    @Test
    final void endingASessionLeavesTheOthersOfItsClient() {
        LockSessions sessions = sessions("a");
        whileItLives(sessions, session -> {
            RecordingEnd end = watch(sessions, session);
            LockSession other = openSession(sessions);
            RecordingEnd otherEnd = watch(sessions, other);
            await(other.end());
            awaitTold(otherEnd);
            assertKept(session, true);
            assertEquals(0, end.toldCount(), "the session lives, but its end was told");
        });
    }

    @Test
    final void aSessionThatIsNotKeptAliveEndsByItselfButNotBeforeItsLease() {
        LockSessions sessions = sessions("a");
        long openedNanos = System.nanoTime();
        LockSession session = openSession(sessions);
        List<RecordingEnd> ends = List.of(watch(sessions, session), watch(sessions("b"), session));
        ends.forEach(this::awaitTold);
        ends.forEach(end -> {
            Duration lived = Duration.ofNanos(end.firstToldNanos() - openedNanos);
            assertTrue(
                    lived.compareTo(lease()) >= 0, () -> "its lease is " + lease() + ", but it ended after " + lived);
        });
        assertEnded(session);
    }

    @Test
    final void aSessionThatIsKeptAliveOutlivesItsLease() {
        LockSessions sessions = sessions("a");
        for (int attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
            if (outlivesItsLease(sessions)) {
                return;
            }
        }
        fail("this machine stalled for the whole lease of a session, " + lease() + ", each of " + ATTEMPT_COUNT_MAX
                + " times");
    }

    /** Returns false if the session ended because this machine stalled for its lease. */
    private boolean outlivesItsLease(LockSessions sessions) {
        long openedNanos = System.nanoTime();
        LockSession session = openSession(sessions);
        RecordingEnd end = watch(sessions, session);
        long provenNanos = openedNanos;
        boolean proof = true;
        while (System.nanoTime() - openedNanos < lease().multipliedBy(2).toNanos()) {
            LockSupport.parkNanos(lease().dividedBy(6).toNanos());
            long sentNanos = System.nanoTime();
            KeepAlive kept = await(session.keepAlive(proof));
            if (end.toldCount() > 0 || kept instanceof KeepAlive.Ended) {
                Duration silent = Duration.ofNanos(System.nanoTime() - provenNanos);
                assertTrue(
                        silent.compareTo(lease()) >= 0,
                        () -> "it ended " + silent + " after it was kept alive, but its lease is " + lease());
                return false;
            }
            if (proof && kept instanceof KeepAlive.Kept proven) {
                provenNanos = sentNanos - proven.earlier().toNanos();
            }
            proof = !proof;
        }
        return true;
    }

    @Test
    final void aWatchTellsAtOnceOfASessionThatHasEnded() {
        LockSessions sessions = sessions("a");
        LockSession session = openSession(sessions);
        await(session.end());
        awaitTold(watch(sessions, session));
        awaitTold(watch(sessions("b"), session));
    }

    @Test
    final void everyWatchTellsAnEndOnce() {
        LockSessions sessions = sessions("a");
        LockSessions others = sessions("b");
        LockSession session = openSession(sessions);
        List<RecordingEnd> ends = List.of(
                watch(sessions, session), watch(sessions, session), watch(others, session), watch(others, session));
        await(session.end());
        ends.forEach(this::awaitTold);
        await(session.end());
        tellOfAnotherEnd(sessions, others);
        ends.forEach(end -> assertEquals(1, end.toldCount(), "how often one watch told the end"));
    }

    /** When this end was told, what was told before it has come, too. */
    private void tellOfAnotherEnd(LockSessions... watching) {
        LockSession other = openSession(watching[0]);
        List<RecordingEnd> ends =
                List.of(watching).stream().map(each -> watch(each, other)).toList();
        await(other.end());
        ends.forEach(this::awaitTold);
    }

    @Test
    final void aWatchTellsNothingWhileTheSessionLives() {
        LockSessions sessions = sessions("a");
        LockSessions others = sessions("b");
        whileItLives(sessions, session -> {
            List<RecordingEnd> ends = List.of(watch(sessions, session), watch(others, session));
            tellOfAnotherEnd(sessions, others);
            assertKept(session, true);
            ends.forEach(end -> assertEquals(0, end.toldCount(), "the session lives, but its end was told"));
        });
    }

    @Test
    final void aClosedSubscriptionIsToldNothing() {
        LockSessions sessions = sessions("a");
        whileItLives(sessions, session -> {
            RecordingEnd closed = new RecordingEnd();
            Subscription subscription = sessions.watch(session.id(), closed);
            RecordingEnd open = watch(sessions, session);
            subscription.close();
            subscription.close();
            await(session.end());
            awaitTold(open);
            tellOfAnotherEnd(sessions);
            assertEquals(0, closed.toldCount(), "told after it was closed");
        });
    }

    @Test
    final void whoThrowsWhenToldDoesNotSilenceTheOthers() {
        LockSessions sessions = sessions("a");
        LockSession session = openSession(sessions);
        sessions.watch(session.id(), () -> {
            throw new IllegalStateException("thrown on purpose by the conformance suite");
        });
        RecordingEnd beside = watch(sessions, session);
        RecordingEnd elsewhere = watch(sessions("b"), session);
        await(session.end());
        awaitTold(beside);
        awaitTold(elsewhere);
    }

    /** Pains 10 and 12, for sessions: a watch whose connection is gone goes on. */
    @Test
    final void aWatchThatIsCutStillTellsTheEnd() throws Exception {
        LockSession session = openSession(sessions("a"));
        ResourceLock watching = open("b");
        RecordingEnd end = watch(sessionsOf(watching), session);
        harness().cutWatches(watching);
        await(session.end());
        awaitTold(end);
    }

    private static LeaderElectionRecord heldBySession(String holder, Optional<String> session) {
        LeaderElectionRecord record = heldBy(holder);
        return new LeaderElectionRecord(
                holder, record.leaseDuration(), record.acquireTime(), record.renewTime(), 0, session);
    }

    @Test
    final void theSessionOfARecordComesBackUntilItIsRewrittenWithoutIt() {
        ResourceLock lock = open("a");
        LockSessions sessions = sessionsOf(lock);
        LeaderElectionRecord first =
                heldBySession("a", Optional.of(openSession(sessions).id()));
        LeaderElectionRecord second =
                heldBySession("a", Optional.of(openSession(sessions).id()));
        ResourceLock reader = open("b");
        LockVersion version = create(lock, first);
        assertEquals(first, readPresent(reader).record());
        version = update(lock, second, version);
        assertEquals(second, readPresent(reader).record());
        version = update(lock, heldBy("a"), version);
        assertEquals(heldBy("a"), readPresent(reader).record());
        version = update(lock, first, version);
        update(reader, heldBy(""), version);
        assertEquals(heldBy(""), readPresent(lock).record());
    }

    @Test
    final void theSuccessorAndTheClaimOfARecordComeBackUntilItIsRewrittenWithoutThem() {
        ResourceLock lock = open("a");
        LockSessions sessions = sessionsOf(lock);
        LeaderElectionRecord held =
                heldBySession("a", Optional.of(openSession(sessions).id()));
        Successor next =
                new Successor("b", Duration.ofSeconds(20), openSession(sessions).id(), "a claim");
        LeaderElectionRecord handedOver = new LeaderElectionRecord(
                "b",
                next.leaseDuration(),
                held.acquireTime(),
                held.renewTime(),
                1,
                Optional.of(next.session()),
                Optional.of(next.claim()),
                Optional.empty());
        ResourceLock other = open("b");
        LockVersion version = create(lock, held);
        version = update(other, held.withSuccessor(Optional.of(next)), version);
        assertEquals(held.withSuccessor(Optional.of(next)), readPresent(lock).record());
        version = update(lock, handedOver, version);
        assertEquals(handedOver, readPresent(other).record());
        version = update(other, held, version);
        assertEquals(held, readPresent(lock).record());
    }

    @Test
    final void aWatchTellsTheSessionOfARecord() {
        ResourceLock lock = open("a");
        LeaderElectionRecord held =
                heldBySession("a", Optional.of(openSession(sessionsOf(lock)).id()));
        ResourceLock watching = open("b");
        assumeTrue(watching.capabilities().watch(), "this lock declares that it cannot watch");
        RecordingWatcher watcher = new RecordingWatcher();
        watching.watch(watcher);
        LockVersion version = create(lock, held);
        awaitLast(watcher, held, version);
        version = update(lock, heldBy("a"), version);
        awaitLast(watcher, heldBy("a"), version);
    }

    private void awaitLast(RecordingWatcher watcher, LeaderElectionRecord record, LockVersion version) {
        Optional<LockSnapshot> state = Optional.of(new LockSnapshot(record, version));
        awaitThat(watcher + " is told last of " + state, () -> watcher.last().equals(Optional.of(state)));
    }

    @Test
    final void aLockWithoutSessionsRefusesARecordThatNamesOne() {
        ResourceLock lock = open("a");
        assumeTrue(lock.sessions().isEmpty(), "this lock has sessions");
        LeaderElectionRecord record = heldBySession("a", Optional.of("a session"));
        assertThrows(IllegalArgumentException.class, () -> lock.create(record));
        assertEquals(Optional.empty(), read(lock));
        LockVersion version = create(lock, heldBy("a"));
        assertThrows(IllegalArgumentException.class, () -> lock.update(record, version));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(lock));
    }

    @Test
    final void aSessionWithoutABackendIsNotOpened() {
        LockSessions sessions = sessionsOf(closedLater(harness().openUnavailable(election(), "a")));
        assertNotDone(failure(sessions.open(lease())));
    }

    @Test
    final void aSessionWithoutRightsIsDenied() {
        LockSessions sessions = sessionsOf(closedLater(harness().openDenied(election(), "a")));
        assertInstanceOf(LockDeniedException.class, failure(sessions.open(lease())));
    }

    /** The end of a session is never guessed from silence, not even when it has come. */
    @Test
    final void aWatchWithoutABackendKeepsQuiet() {
        LockSessions sessions = sessions("b");
        LockSession session = openSession(sessions);
        RecordingEnd told = watch(sessions, session);
        ResourceLock unavailable = closedLater(harness().openUnavailable(election(), "a"));
        RecordingEnd end = watch(sessionsOf(unavailable), session);
        failure(unavailable.get());
        assertEquals(0, end.toldCount(), "told without a backend that could tell");
        await(session.end());
        awaitTold(told);
        failure(unavailable.get());
        assertEquals(0, end.toldCount(), "told without a backend that could tell");
    }
}
