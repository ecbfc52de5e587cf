package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.testcalls.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session makes of answers that a real etcd gives only at unlucky moments. */
class EtcdSessionTests {

    private static final String MARKER = "/registry/leaderelection/.sessions/00000000000007ab";

    private final ScriptedEtcd etcd = new ScriptedEtcd();
    private final EtcdLocks locks =
            EtcdLocks.builder().endpoints(etcd.endpoint()).connect();
    private final LockSessions sessions = locks.lock("demo", "a").sessions().orElseThrow();

    @AfterEach
    void close() {
        locks.close();
        etcd.close();
    }

    private LockSession opened() {
        LockSession session = answer(sessions.open(Duration.ofSeconds(60)));
        etcd.asked();
        return session;
    }

    @Test
    void aSessionIsALeaseWithAMarker() {
        assertEquals(
                "00000000000007ab",
                answer(sessions.open(Duration.ofSeconds(60))).id());
        assertEquals(List.of("grant 60", "put " + MARKER + " with 7ab"), etcd.asked());
    }

    /** The read comes after the answer, and is linearizable. */
    @Test
    void aProofIsAReadAfterTheAnswerInTheSameTerm() {
        LockSession session = opened();
        etcd.keptAliveTerm = 7;
        etcd.readTerm = 7;
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        assertEquals(List.of("keep alive", "read " + MARKER), etcd.asked());
    }

    /** A member that was left behind answers in an old term; one that lags is asked to read. */
    @ParameterizedTest
    @ValueSource(longs = {6, 8})
    void aReadInAnotherTermProvesNothing(long readTerm) {
        LockSession session = opened();
        etcd.keptAliveTerm = 7;
        etcd.readTerm = readTerm;
        LockUnavailableException unproven = failure(LockUnavailableException.class, session.keepAlive(true));
        String message = String.valueOf(unproven.getMessage());
        assertTrue(message.contains("term 7") && message.contains("term " + readTerm), message);
        assertTrue(message.contains("try again"), message);
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
    }

    @Test
    void withoutProofNothingIsRead() {
        LockSession session = opened();
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
        assertEquals(List.of("keep alive"), etcd.asked());
    }

    /** A leader that was deposed answers as ever, in whatever term. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aSessionWithoutMarkerHasEndedThoughItsLeaseIsSaidToLive(long readTerm) {
        LockSession session = opened();
        etcd.readTerm = readTerm;
        etcd.marked = false;
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLeaseThatIsNotFoundHasEndedOnlyIfTheMarkerIsGoneToo(boolean proof) {
        LockSession session = opened();
        etcd.keptAliveSeconds = 0;
        failure(LockUnavailableException.class, session.keepAlive(proof));
        etcd.marked = false;
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(proof)));
    }

    @Test
    void aLeaseThatIsLongerThanAskedForIsFineAndAShorterOneIsGivenBack() {
        answer(sessions.open(Duration.ofSeconds(59)));
        etcd.asked();
        failure(LockUnavailableException.class, sessions.open(Duration.ofSeconds(61)));
        Eventually.isTrue("the lease is given back", () -> etcd.asked().contains("revoke 7ab"));
    }

    @Test
    void aLeaseThatCannotBeMarkedIsGivenBackAndTheRightsThatAreMissingAreNamed() {
        etcd.refusesPuts = true;
        LockDeniedException denied = failure(LockDeniedException.class, sessions.open(Duration.ofSeconds(60)));
        String message = String.valueOf(denied.getMessage());
        assertTrue(message.contains("--prefix ROLE readwrite /registry/leaderelection/)"), message);
        assertTrue(message.contains("set leases to observed"), message);
        Eventually.isTrue("the lease is given back", () -> etcd.asked().contains("revoke 7ab"));
    }
}
