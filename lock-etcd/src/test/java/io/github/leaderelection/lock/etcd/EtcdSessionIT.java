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
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
        assertTrue(session.id().matches("[0-9a-f]{16}"), session.id());
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
    void leasesThatEtcdCannotKeepAreRefused() {
        for (Duration lease : List.of(
                Duration.ZERO,
                Duration.ofMillis(999),
                Duration.ofMillis(1500),
                Duration.ofSeconds(-1),
                Duration.ofSeconds(9_000_000_001L))) {
            assertThrows(IllegalArgumentException.class, () -> sessions.open(lease));
        }
    }

    @Test
    void aSessionThatIsNotKeptAliveEndsByItself() {
        LockSession session = answer(sessions.open(SHORT));
        Eventually.isTrue("the marker is gone", () -> !isMarked(session));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
    }

    @Test
    void aSessionThatIsKeptAliveOutlivesItsLease() {
        LockSession session = answer(sessions.open(SHORT));
        LockSession silent = answer(sessions.open(SHORT));
        Eventually.isTrue("the other session has ended", () -> {
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
            return !isMarked(silent);
        });
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
        answer(session.end());
    }

    /** jetcd would send each of them twice. */
    @Test
    void aKeepAliveIsOneMessageAndAProofOneReadMore() {
        try (EtcdServer own = EtcdServer.start();
                EtcdLocks ofOwn = EtcdLocks.builder().endpoints(own.endpoint()).connect()) {
            LockSession session = answer(sessionsOf(ofOwn).open(LONG));
            long reads = own.requestCounts().getOrDefault("Range", 0L);
            for (int i = 0; i < 10; i++) {
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            }
            assertEquals(10, own.messageCounts().getOrDefault("LeaseKeepAlive", 0L));
            assertEquals(reads + 10, own.requestCounts().get("Range"));
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
