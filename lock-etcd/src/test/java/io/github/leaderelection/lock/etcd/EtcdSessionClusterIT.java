package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.reads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.EtcdCluster;
import io.github.leaderelection.testservers.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions on three members, of which one leads, until another one does. */
class EtcdSessionClusterIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final EtcdCluster cluster = EtcdCluster.start();
    private final EtcdServer leader = cluster.leader().orElseThrow();

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<String> followers() {
        return cluster.members().stream()
                .filter(member -> member != leader)
                .map(EtcdServer::endpoint)
                .toList();
    }

    private static EtcdLocks over(List<String> endpoints, Duration requestTimeout) {
        return EtcdLocks.builder()
                .endpoints(endpoints)
                .requestTimeout(requestTimeout)
                .connect();
    }

    /**
     * The keep-alives wait at the leader while it is frozen, and the others choose another one and end the session. When it
     * thaws it does not know of either.
     */
    @Test
    void aDeposedLeaderProvesNothing() {
        try (EtcdLocks ofLeader = over(List.of(leader.endpoint()), Duration.ofSeconds(30));
                EtcdLocks ofOthers = over(followers(), Duration.ofSeconds(1))) {
            LockSessions sessions = ofLeader.lock("demo", "a").sessions().orElseThrow();
            LockSession session = answer(sessions.open(LONG));
            leader.pause();
            List<CompletableFuture<KeepAlive>> waiting = IntStream.range(0, 20)
                    .mapToObj(i -> session.keepAlive(true).toCompletableFuture())
                    .toList();
            ResourceLock observer = ofOthers.lock("demo", "b");
            Eventually.isTrue("the others have a leader", () -> reads(observer));
            EtcdSessions ofObserver = (EtcdSessions) observer.sessions().orElseThrow();
            AtomicInteger told = new AtomicInteger();
            ofObserver.watch(session.id(), told::incrementAndGet);
            EtcdVersion version =
                    EtcdVersion.of(answer(ofObserver.read(session.id())).orElseThrow());
            assertTrue(answer(ofObserver.delete(session.id(), version)));
            Eventually.isTrue("the watch tells", () -> told.get() == 1);
            leader.resume();
            waiting.forEach(EtcdSessionClusterIT::assertNotKept);
            Eventually.isTrue("it learns of the end", () -> isEnded(session.keepAlive(true)));
        }
    }

    /** For a second or two it does not know that the others are gone. */
    @Test
    void aLeaderThatNobodyFollowsProvesNothing() {
        try (EtcdLocks ofLeader = over(List.of(leader.endpoint()), Duration.ofSeconds(1))) {
            LockSessions sessions = ofLeader.lock("demo", "a").sessions().orElseThrow();
            LockSession session = answer(sessions.open(LONG));
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            List<EtcdServer> others = cluster.members().stream()
                    .filter(member -> member != leader)
                    .toList();
            others.forEach(EtcdServer::pause);
            failure(LockException.class, session.keepAlive(true));
            others.forEach(EtcdServer::resume);
            Eventually.isTrue("it is kept again", () -> isAnswered(session.keepAlive(true), KeepAlive.kept()));
        }
    }

    private static void assertNotKept(CompletionStage<KeepAlive> stage) {
        KeepAlive known = stage.toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .exceptionally(EtcdSessionClusterIT::unknown)
                .join();
        assertEquals(KeepAlive.ended(), known);
    }

    /** Nothing is said about the session: that is no claim that it lives. */
    private static KeepAlive unknown(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof LockException) {
            return KeepAlive.ended();
        }
        throw new AssertionError("expected an answer or a failure of etcd", error);
    }

    private static boolean isEnded(CompletionStage<KeepAlive> stage) {
        return isAnswered(stage, KeepAlive.ended());
    }

    private static boolean isAnswered(CompletionStage<KeepAlive> stage, KeepAlive expected) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS).equals(expected);
        } catch (ExecutionException notYet) {
            return false;
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** etcd issue 15247: so a lease of etcd may end, though it is kept alive. */
    @Test
    void aLeaderThatThawsEndsNoLivingSession() {
        Duration lease = Duration.ofSeconds(8);
        try (EtcdLocks ofClient = over(cluster.endpoints(), Duration.ofSeconds(1));
                EtcdLocks ofFollower = over(cluster.endpoints(), Duration.ofSeconds(1))) {
            LockSessions sessions = ofClient.lock("demo", "a").sessions().orElseThrow();
            LockSession session = answer(sessions.open(lease));
            AtomicInteger told = new AtomicInteger();
            ofFollower.lock("demo", "b").sessions().orElseThrow().watch(session.id(), told::incrementAndGet);
            for (int round = 0; round < 3; round++) {
                EtcdServer leading = cluster.leader().orElseThrow();
                leading.pause();
                keepAliveFor(lease.plusSeconds(1), session);
                leading.resume();
                keepAliveFor(Duration.ofSeconds(2), session);
                assertEquals(0, told.get());
            }
        }
    }

    /** There is no leader for about a second: meanwhile nothing is known. */
    private static void keepAliveFor(Duration time, LockSession session) {
        long beginNanos = System.nanoTime();
        Eventually.isTrue("the time has passed, and the session is kept", () -> {
            KeepAlive known = session.keepAlive(true)
                    .toCompletableFuture()
                    .exceptionally(unknown -> null)
                    .join();
            assertTrue(known == null || known.equals(KeepAlive.kept()), "the session has ended");
            return known != null && System.nanoTime() - beginNanos > time.toNanos();
        });
    }

    @Test
    void aSessionAndItsWatchOutliveTheLeader() {
        try (EtcdLocks locks = over(followers(), Duration.ofSeconds(1))) {
            LockSessions sessions = locks.lock("demo", "a").sessions().orElseThrow();
            LockSession session = answer(sessions.open(Duration.ofSeconds(10)));
            AtomicInteger told = new AtomicInteger();
            sessions.watch(session.id(), told::incrementAndGet);
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            leader.kill();
            Eventually.isTrue("it is kept again", () -> isAnswered(session.keepAlive(true), KeepAlive.kept()));
            assertEquals(0, told.get());
            answer(session.end());
            Eventually.isTrue("the watch tells", () -> told.get() == 1);
        }
    }

    /** One after the other comes to each member, which passes it on to the leader. */
    @Test
    void everyMemberKeepsASessionAlive() {
        try (EtcdLocks locks = over(cluster.endpoints(), Duration.ofSeconds(5))) {
            LockSessions sessions = locks.lock("demo", "a").sessions().orElseThrow();
            LockSession session = answer(sessions.open(LONG));
            for (int i = 0; i < 30; i++) {
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            }
            answer(session.end());
        }
    }
}
