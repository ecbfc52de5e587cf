package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions on an etcd that freezes, restarts, forgets and is cut off. Each test has a member of its own. */
class EtcdSessionTroubleIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final EtcdServer etcd = EtcdServer.start();
    private final TcpProxy proxy = TcpProxy.to(etcd.port());
    private final EtcdLocks locks = EtcdLocks.builder()
            .endpoints("http://127.0.0.1:" + proxy.port())
            .requestTimeout(Duration.ofMillis(500))
            .connect();
    private final LockSessions sessions = locks.lock("demo", "a").sessions().orElseThrow();
    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void close() {
        locks.close();
        proxy.close();
        etcd.close();
    }

    private LockSession followed(Duration lease) {
        LockSession session = answer(sessions.open(lease));
        sessions.watch(session.id(), told::incrementAndGet);
        return session;
    }

    private void awaitTold() {
        Eventually.isTrue("the watch tells", () -> told.get() == 1);
    }

    /** What a keep-alive says when it says anything. */
    private static KeepAlive eventually(LockSession session) {
        Eventually.isTrue("a keep-alive is answered", () -> succeeds(session.keepAlive(true)));
        return answer(session.keepAlive(true));
    }

    private static boolean succeeds(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException failed) {
            assertTrue(failed.getCause() instanceof LockException, failed::toString);
            return false;
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Test
    void requestsToAFrozenMemberEndWithTheirDeadline() {
        LockSession session = followed(LONG);
        etcd.pause();
        failure(LockIndeterminateException.class, session.keepAlive(true));
        failure(LockException.class, sessions.open(LONG));
        failure(LockIndeterminateException.class, answeredLast().end());
        etcd.resume();
        assertEquals(KeepAlive.kept(), eventually(session));
        assertEquals(0, told.get());
    }

    /** A session of another client over the frozen member, whose connection still stands. */
    private LockSession answeredLast() {
        etcd.resume();
        EtcdLocks other = EtcdLocks.builder()
                .endpoints(etcd.endpoint())
                .requestTimeout(Duration.ofMillis(500))
                .connect();
        try {
            return answer(other.lock("demo", "b").sessions().orElseThrow().open(LONG));
        } finally {
            etcd.pause();
        }
    }

    @Test
    void requestsThatFindNobodyAreSurelyNotCarriedOut() {
        LockSession session = followed(LONG);
        proxy.refuse();
        Eventually.isTrue("it is noticed", () -> !succeeds(session.keepAlive(true)));
        failure(LockUnavailableException.class, sessions.open(LONG));
        failure(LockUnavailableException.class, session.end());
        proxy.heal();
        assertEquals(KeepAlive.kept(), eventually(session));
        assertEquals(0, told.get());
    }

    @Test
    void aSessionAndItsWatchOutliveARestart() {
        LockSession session = followed(LONG);
        etcd.restart();
        assertEquals(KeepAlive.kept(), eventually(session));
        assertEquals(0, told.get());
        answer(session.end());
        awaitTold();
    }

    /** Its time passes while nobody could delete its marker. */
    @Test
    void aSilentSessionEndsWhenEtcdIsBack() {
        LockSession session = followed(Duration.ofSeconds(1));
        long openNanos = System.nanoTime();
        proxy.cut();
        Eventually.isTrue("two leases have passed", () -> System.nanoTime() - openNanos > TimeUnit.SECONDS.toNanos(2));
        assertEquals(0, told.get());
        assertTrue(etcd.get(EtcdLocks.DEFAULT_PREFIX + "/.sessions/" + session.id())
                .isPresent());
        proxy.heal();
        awaitTold();
        assertEquals(KeepAlive.ended(), eventually(session));
    }

    /** What it saw last is long past its time, and is not what stands there. */
    @Test
    void aFollowerThatWasCutOffEndsNoLivingSession() {
        try (EtcdLocks ofClient = EtcdLocks.builder().endpoints(etcd.endpoint()).connect()) {
            LockSession session =
                    answer(ofClient.lock("demo", "b").sessions().orElseThrow().open(Duration.ofSeconds(3)));
            sessions.watch(session.id(), told::incrementAndGet);
            answer(sessions.open(LONG));
            proxy.cut();
            keepAliveFor(Duration.ofSeconds(6), session);
            proxy.heal();
            keepAliveFor(Duration.ofSeconds(6), session);
            assertEquals(0, told.get());
            awaitTold();
            assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
        }
    }

    private static void keepAliveFor(Duration time, LockSession session) {
        long beginNanos = System.nanoTime();
        Eventually.isTrue("the time has passed", () -> {
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            return System.nanoTime() - beginNanos > time.toNanos();
        });
    }

    @Test
    void aSilentSessionEndsThoughEtcdRestarted() {
        LockSession session = followed(Duration.ofSeconds(1));
        etcd.restart();
        awaitTold();
        assertEquals(KeepAlive.ended(), eventually(session));
    }

    @Test
    void aWatchTellsOfAnEndThatItDidNotSee() {
        LockSession session = followed(LONG);
        proxy.cut();
        etcd.delete(EtcdLocks.DEFAULT_PREFIX + "/.sessions/" + session.id());
        proxy.resetConnections();
        proxy.heal();
        awaitTold();
        assertEquals(KeepAlive.ended(), eventually(session));
    }

    /** Far longer than a watch of a record would try. */
    @Test
    void aWatchOutlivesALongOutageAndGuessesNothingFromIt() {
        LockSession session = followed(LONG);
        proxy.cut();
        int connections = proxy.acceptedCount();
        Eventually.isTrue("it has been tried again and again", () -> {
            succeeds(session.keepAlive(true));
            return proxy.acceptedCount() >= connections + 6;
        });
        assertEquals(0, told.get());
        proxy.heal();
        assertEquals(KeepAlive.kept(), eventually(session));
        assertEquals(0, told.get());
        answer(session.end());
        awaitTold();
    }

    @Test
    void aWatchThatBeganInAnOutageTellsWhenItIsOver() {
        LockSession session = answer(sessions.open(LONG));
        answer(session.end());
        proxy.refuse();
        sessions.watch(session.id(), told::incrementAndGet);
        Eventually.isTrue("it is noticed", () -> !succeeds(sessions.open(LONG)));
        assertEquals(0, told.get());
        proxy.heal();
        awaitTold();
    }

    @Test
    void anEtcdThatLostItsDataHasNoSessions() {
        LockSession session = followed(LONG);
        etcd.restartEmpty();
        awaitTold();
        assertEquals(KeepAlive.ended(), eventually(session));
    }
}
