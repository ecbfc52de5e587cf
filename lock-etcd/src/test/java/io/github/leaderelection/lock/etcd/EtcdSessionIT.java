package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.github.leaderelection.lock.support.LockThread;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions on an etcd that is well. */
class EtcdSessionIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final EtcdServer etcd = EtcdServer.shared();
    private final EtcdLocks locks =
            EtcdLocks.builder().endpoints(etcd.endpoint()).connect();
    private final LockSessions sessions = sessionsOf(locks);

    @AfterEach
    void close() {
        locks.close();
    }

    private static LockSessions sessionsOf(EtcdLocks locks) {
        return locks.lock(freshElection(), "a").sessions().orElseThrow();
    }

    private static String marker(String session) {
        return EtcdLocks.DEFAULT_PREFIX + "/.sessions/" + session;
    }

    private boolean isMarked(LockSession session) {
        return etcd.get(marker(session.id())).isPresent();
    }

    @Test
    void allLocksOfAConnectionHaveTheSameSessions() {
        assertSame(sessions, sessionsOf(locks));
        try (EtcdLocks other = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            assertFalse(sessionsOf(other).equals(sessions));
        }
    }

    @Test
    void aSessionIsMarkedWhenItIsOpenAndUnmarkedWhenItHasEnded() {
        LockSession session = answer(sessions.open(LONG));
        assertTrue(session.id().matches("[0-9a-f]{32}"), session.id());
        assertTrue(isMarked(session));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
        answer(session.end());
        assertFalse(isMarked(session));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(false)));
        answer(session.end());
    }

    @Test
    void noTwoSessionsHaveOneId() {
        List<CompletableFuture<LockSession>> opening = IntStream.range(0, 20)
                .mapToObj(i -> sessions.open(LONG).toCompletableFuture())
                .toList();
        List<LockSession> opened = opening.stream().map(stage -> answer(stage)).toList();
        assertEquals(20, opened.stream().map(LockSession::id).distinct().count());
        opened.forEach(session -> answer(session.end()));
    }

    @Test
    void leasesThatNoMarkerCanDeclareAreRefused() {
        for (Duration lease : List.of(
                Duration.ZERO,
                Duration.ofMillis(999),
                Duration.ofMillis(1500),
                Duration.ofSeconds(-1),
                Duration.ofSeconds(1L << 31))) {
            assertThrows(IllegalArgumentException.class, () -> sessions.open(lease));
        }
    }

    /** The end is told once to each, though all of them would delete the marker. */
    @Test
    void aSilentSessionThatIsFollowedEndsButNotBeforeItsLease() {
        try (EtcdLocks other = EtcdLocks.builder().endpoints(etcd.endpoint()).connect();
                EtcdLocks third = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            List<LockSessions> following = List.of(sessions, sessionsOf(other), sessionsOf(third));
            long openNanos = System.nanoTime();
            LockSession session = answer(sessions.open(SHORT));
            List<Told> told = following.stream()
                    .flatMap(each -> Stream.of(each, each))
                    .map(each -> Told.by(each, session))
                    .toList();
            told.forEach(Told::await);
            told.forEach(each -> assertTrue(each.nanos - openNanos >= SHORT.toNanos(), "it ended before its lease"));
            assertFalse(isMarked(session));
            assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
            assertEquals(KeepAlive.ended(), answer(session.keepAlive(false)));
            following.forEach(each -> Told.by(each, session).await());
            told.forEach(each -> assertEquals(1, each.count.get()));
        }
    }

    private static final class Told implements Runnable {
        private final AtomicInteger count = new AtomicInteger();
        private volatile long nanos;

        static Told by(LockSessions sessions, LockSession session) {
            Told told = new Told();
            sessions.watch(session.id(), told);
            return told;
        }

        @Override
        public void run() {
            nanos = System.nanoTime();
            count.incrementAndGet();
        }

        void await() {
            Eventually.isTrue("the watch tells", () -> count.get() > 0);
        }
    }

    @Test
    void aSessionThatNobodyFollowsOutlivesItsLease() {
        LockSession session = answer(sessions.open(SHORT));
        LockSession followed = answer(sessions.open(SHORT));
        Told.by(sessions, followed).await();
        assertTrue(isMarked(session));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        answer(session.end());
    }

    @Test
    void aSessionThatIsKeptAliveOutlivesManyLeases() {
        LockSession session = answer(sessions.open(Duration.ofSeconds(3)));
        try (EtcdLocks other = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            List<Told> told = List.of(Told.by(sessions, session), Told.by(sessionsOf(other), session));
            for (int i = 0; i < 9; i++) {
                LockSession silent = answer(sessions.open(SHORT));
                Told end = Told.by(sessions, silent);
                Eventually.isTrue("the other session has ended", () -> {
                    assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
                    return end.count.get() == 1;
                });
            }
            told.forEach(each -> assertEquals(0, each.count.get()));
        }
        answer(session.end());
    }

    @Test
    void whoFollowsASessionWaitsAnewWithEachKeepAlive() {
        Duration lease = Duration.ofSeconds(3);
        LockSession session = answer(sessions.open(lease));
        Told told = Told.by(sessions, session);
        LockSession silent = answer(sessions.open(SHORT));
        Told.by(sessions, silent).await();
        long keptNanos = System.nanoTime();
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        told.await();
        assertTrue(told.nanos - keptNanos >= lease.toNanos(), "it ended before its lease");
    }

    /** Whoever waited for one version, and heard of no other, must not delete a later one. */
    @Test
    void aWaitForAVersionThatWasRewrittenDeletesNothing() {
        LockSession session = answer(sessions.open(SHORT));
        EtcdSessions own = (EtcdSessions) sessions;
        KeyValue before = answer(own.read(session.id())).orElseThrow();
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        AtomicInteger deleted = new AtomicInteger();
        AtomicInteger changed = new AtomicInteger();
        try (LockThread thread = new LockThread("wait")) {
            SessionExpiry expiry =
                    new SessionExpiry(thread, own, session.id(), deleted::incrementAndGet, changed::incrementAndGet);
            thread.run(() -> expiry.seen(before));
            Eventually.isTrue("the wait is over", () -> deleted.get() + changed.get() > 0);
        }
        assertEquals(0, deleted.get());
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        answer(session.end());
    }

    /** Whoever broke it: its client mends it with the next keep-alive. */
    @Test
    void aMarkerWhoseValueIsBrokenIsLeftAlone() {
        LockSession session = answer(sessions.open(SHORT));
        etcd.put(marker(session.id()), "this is no Lease");
        Told told = Told.by(sessions, session);
        Told.by(sessions, answer(sessions.open(Duration.ofSeconds(2)))).await();
        assertEquals(0, told.count.get());
        assertEquals(
                Optional.of("this is no Lease"), etcd.get(marker(session.id())).map(EtcdValue::text));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        told.await();
    }

    @Test
    void aSessionThatWasMadeAnewBehindItsClientIsNotItsOwn() {
        LockSession session = answer(sessions.open(LONG));
        etcd.delete(marker(session.id()));
        etcd.put(marker(session.id()), "put by somebody else");
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
        answer(session.end());
        assertTrue(isMarked(session));
        etcd.delete(marker(session.id()));
    }

    @Test
    void aProofIsOneWriteAndAKeepAliveWithoutProofIsNone() {
        try (EtcdServer own = EtcdServer.start();
                EtcdLocks ofOwn = EtcdLocks.builder().endpoints(own.endpoint()).connect()) {
            LockSession session = answer(sessionsOf(ofOwn).open(LONG));
            Eventually.isTrue("it has looked around", () -> requestCount(own) == 2);
            for (int i = 0; i < 10; i++) {
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
            }
            assertEquals(12, requestCount(own));
        }
    }

    private static long requestCount(EtcdServer own) {
        return own.requestCounts().getOrDefault("Txn", 0L) + own.requestCounts().getOrDefault("Range", 0L);
    }

    /** Ten leases of silence are needed for it, and a client that holds nothing is silent for four. */
    @Test
    void markersOfDeadClientsAreSweptAndThoseOfIdleClientsAreNot() {
        LockSession left;
        try (EtcdLocks dead = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            left = answer(sessionsOf(dead).open(SHORT));
        }
        try (EtcdLocks idle = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            LockSession living = answer(sessionsOf(idle).open(SHORT));
            long openNanos = System.nanoTime();
            LockSession sweeping = answer(sessions.open(LONG));
            Eventually.isTrue("the marker is swept", () -> {
                assertEquals(KeepAlive.kept(), answer(living.keepAlive(false)));
                return !isMarked(left);
            });
            assertTrue(System.nanoTime() - openNanos >= SHORT.multipliedBy(4).toNanos());
            assertTrue(isMarked(living));
            assertEquals(KeepAlive.kept(), answer(living.keepAlive(true)));
            answer(living.end());
            answer(sweeping.end());
        }
    }

    @Test
    void aWatchTellsAtOnceThatASessionHasEndedBefore() {
        for (String session : List.of("0123456789abcdef", "none of ours", ended().id())) {
            AtomicInteger told = new AtomicInteger();
            sessions.watch(session, told::incrementAndGet);
            Eventually.isTrue(session + " has ended", () -> told.get() == 1);
        }
    }

    private LockSession ended() {
        LockSession session = answer(sessions.open(LONG));
        answer(session.end());
        return session;
    }

    @Test
    void aWatchTellsOfAnEndAndOfALapseOnce() {
        LockSession endedByItself = answer(sessions.open(SHORT));
        LockSession endedByUs = answer(sessions.open(LONG));
        LockSession standing = answer(sessions.open(LONG));
        AtomicInteger toldOfItself = new AtomicInteger();
        AtomicInteger toldOfUs = new AtomicInteger();
        AtomicInteger toldOfStanding = new AtomicInteger();
        sessions.watch(endedByItself.id(), toldOfItself::incrementAndGet);
        sessions.watch(endedByUs.id(), toldOfUs::incrementAndGet);
        sessions.watch(standing.id(), toldOfStanding::incrementAndGet);
        answer(endedByUs.end());
        Eventually.isTrue("the watches tell", () -> toldOfItself.get() == 1 && toldOfUs.get() == 1);
        assertFalse(isMarked(endedByItself));
        answer(endedByUs.end());
        answer(standing.keepAlive(true));
        assertEquals(List.of(1, 1, 0), List.of(toldOfItself.get(), toldOfUs.get(), toldOfStanding.get()));
    }

    @Test
    void allThatFollowASessionAreToldOnTheThreadOfTheLocksAndThoseThatLeftAreNot() {
        LockSession session = answer(sessions.open(LONG));
        AtomicInteger left = new AtomicInteger();
        Subscription leaving = sessions.watch(session.id(), left::incrementAndGet);
        sessions.watch(session.id(), () -> {
            throw new IllegalStateException("thrown by a test, to be shown by the handler of uncaught exceptions");
        });
        List<CompletableFuture<String>> told = IntStream.range(0, 10)
                .mapToObj(i -> {
                    CompletableFuture<String> thread = new CompletableFuture<>();
                    sessions.watch(
                            session.id(),
                            () -> thread.complete(Thread.currentThread().getName()));
                    return thread;
                })
                .toList();
        leaving.close();
        leaving.close();
        answer(session.end());
        told.forEach(thread -> assertEquals("leaderelection-etcd", answer(thread)));
        assertEquals(0, left.get());
    }

    /** One stream per session that is followed, however many follow; and none when nobody does any more. */
    @Test
    void allThatFollowASessionShareOneStream() {
        try (EtcdServer own = EtcdServer.start();
                EtcdLocks ofOwn = EtcdLocks.builder()
                        .endpoints(own.endpoint())
                        .requestTimeout(Duration.ofSeconds(20))
                        .connect()) {
            LockSessions shared = sessionsOf(ofOwn);
            LockSession session = answer(shared.open(LONG));
            List<Subscription> following = IntStream.range(0, 100)
                    .mapToObj(i -> shared.watch(session.id(), () -> {}))
                    .toList();
            Eventually.isTrue("the watch has read", () -> own.requestCounts().getOrDefault("Range", 0L) >= 1);
            assertEquals(1, own.messageCounts().getOrDefault("Watch", 0L));
            following.forEach(Subscription::close);
            Eventually.isTrue("the stream has ended", () -> own.requestCounts().getOrDefault("Watch", 0L) == 1);
            AtomicInteger told = new AtomicInteger();
            shared.watch(session.id(), told::incrementAndGet);
            answer(session.end());
            Eventually.isTrue("the next watch tells", () -> told.get() == 1);
        }
    }

    @Test
    void sessionsOfLocksThatAreClosedAreUnavailableAndSilent() {
        LockSession session = answer(sessions.open(LONG));
        AtomicInteger told = new AtomicInteger();
        sessions.watch(session.id(), told::incrementAndGet);
        locks.close();
        failure(LockUnavailableException.class, sessions.open(LONG));
        failure(LockUnavailableException.class, session.keepAlive(true));
        failure(LockUnavailableException.class, session.end());
        sessions.watch("0123456789abcdef", told::incrementAndGet).close();
        assertTrue(isMarked(session), "a session lasts until its lease has passed");
        etcd.delete(marker(session.id()));
        assertEquals(0, told.get());
    }

    @Test
    void aClientThatWasHandedInKeepsSessionsToo() {
        try (Client client = Client.builder().endpoints(etcd.endpoint()).build();
                EtcdLocks borrowed = EtcdLocks.builder().client(client).connect()) {
            LockSessions own = sessionsOf(borrowed);
            LockSession session = answer(own.open(LONG));
            AtomicInteger told = new AtomicInteger();
            own.watch(session.id(), told::incrementAndGet);
            for (int i = 0; i < 10; i++) {
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            }
            answer(session.end());
            assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
            Eventually.isTrue("the watch tells", () -> told.get() == 1);
            assertEquals(Optional.empty(), etcd.get(marker(session.id())));
        }
    }
}
