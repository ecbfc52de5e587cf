package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.TestCertificates;
import io.github.leaderelection.testservers.ZooKeeperCluster;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that a real ZooKeeper keeps, and ends. */
class ZooKeeperSessionsIT {

    private static final String PARENT = ZooKeeperLocks.DEFAULT_PREFIX + "/.sessions";
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final List<AutoCloseable> opened = new ArrayList<>();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private ZooKeeperServer server() {
        return closing(ZooKeeperServer.start());
    }

    private static ZooKeeperLocks.Builder builder(String connectString) {
        return ZooKeeperLocks.builder()
                .connectString(connectString)
                .sessionTimeout(Duration.ofSeconds(2))
                .requestTimeout(Duration.ofSeconds(2));
    }

    private LockSessions sessions(ZooKeeperLocks.Builder builder) {
        return sessions(closing(builder.connect()));
    }

    private static LockSessions sessions(ZooKeeperLocks locks) {
        return locks.lock("demo", "a").sessions().orElseThrow();
    }

    private LockSessions sessions(ZooKeeperServer server) {
        return sessions(builder(server.connectString()));
    }

    private static boolean isMarked(ZooKeeperServer server, LockSession session) {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            return onlooker.get(PARENT + "/" + session.id()).isPresent();
        }
    }

    /** Counts how often the end of a session is told. */
    private final class Ends {
        private final AtomicInteger count = new AtomicInteger();
        private final Subscription subscription;

        Ends(LockSessions sessions, String id) {
            subscription = closing(sessions.watch(id, count::incrementAndGet));
        }

        void await() {
            Eventually.isTrue("the end of the session is told", () -> count.get() > 0);
            assertEquals(1, count.get());
        }
    }

    private static Duration proven(LockSession session) {
        return assertInstanceOf(KeepAlive.Kept.class, answer(session.keepAlive(true)))
                .earlier();
    }

    /** What comes of a proof now; empty if it is not known. */
    private static Optional<KeepAlive> tryToProve(LockSession session) {
        try {
            return Optional.of(session.keepAlive(true).toCompletableFuture().get(30, TimeUnit.SECONDS));
        } catch (ExecutionException failed) {
            assertInstanceOf(LockException.class, failed.getCause());
            return Optional.empty();
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("expected an answer, or a failure", late);
        }
    }

    private static boolean isProvenAlive(LockSession session) {
        return tryToProve(session).filter(KeepAlive.Kept.class::isInstance).isPresent();
    }

    private static boolean isKnownToHaveEnded(LockSession session) {
        return tryToProve(session).equals(Optional.of(KeepAlive.ended()));
    }

    @Test
    void aSessionIsMarkedFromItsBeginningToItsEndAndItsEndIsTold() {
        ZooKeeperServer server = server();
        LockSession session = answer(sessions(server).open(LEASE));
        assertTrue(isMarked(server, session));
        Ends ends = new Ends(sessions(server), session.id());
        proven(session);
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
        assertEquals(0, ends.count.get());

        answer(session.end());
        assertFalse(isMarked(server, session));
        ends.await();
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(true)));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(false)));
        answer(session.end());
    }

    @Test
    void theEndOfASessionThatHasEndedBeforeIsToldAtOnceAndToAllWhoWait() {
        LockSessions sessions = sessions(server());
        LockSession session = answer(sessions.open(LEASE));
        Ends one = new Ends(sessions, session.id());
        Ends other = new Ends(sessions, session.id());
        Ends noMore = new Ends(sessions, session.id());
        noMore.subscription.close();
        answer(session.end());
        one.await();
        other.await();
        new Ends(sessions, session.id()).await();
        new Ends(sessions, "there/was//never such a session").await();
        assertEquals(0, noMore.count.get());
    }

    @Test
    void eachSessionHasAnIdOfItsOwnAndAllLocksTheSameSessions() {
        ZooKeeperServer server = server();
        ZooKeeperLocks locks = closing(builder(server.connectString()).connect());
        LockSessions sessions = sessions(locks);
        assertSame(sessions, locks.lock("other", "b").sessions().orElseThrow());
        LockSession one = answer(sessions.open(LEASE));
        LockSession other = answer(sessions.open(LEASE));
        assertNotEquals(one.id(), other.id());
        answer(one.end());
        assertTrue(isProvenAlive(other));
        assertTrue(isMarked(server, other));
    }

    @Test
    void aSilentClientLosesItsSessionAfterTheLeaseAndNotBefore() {
        ZooKeeperServer server = server();
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        LockSessions rival = sessions(server);
        LockSession session =
                answer(sessions(builder("127.0.0.1:" + proxy.port())).open(LEASE));
        Ends ends = new Ends(rival, session.id());
        for (int i = 0; i < 3; i++) {
            LockSupport.parkNanos(
                    LEASE.dividedBy(4).toNanos()); // so that the lease counts from later than the beginning
            proven(session);
        }
        long askedNanos = System.nanoTime();
        Duration earlier = proven(session);
        proxy.cut();
        ends.await();
        Duration lasted = Duration.ofNanos(System.nanoTime() - askedNanos).plus(earlier);
        assertTrue(lasted.compareTo(LEASE) >= 0, "it lasted " + lasted + " since the time that was proven");
        proxy.resetConnections();
        proxy.heal();
        Eventually.isTrue("the client learns of it", () -> isKnownToHaveEnded(session));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(false)));
    }

    /** It would not do to end what somebody may still lead by. */
    @Test
    void locksThatAreClosedLeaveTheirSessionsToTimeOut() {
        ZooKeeperServer server = server();
        LockSessions rival = sessions(server);
        ZooKeeperLocks locks = closing(builder(server.connectString()).connect());
        LockSessions sessions = sessions(locks);
        LockSession session = answer(sessions.open(LEASE));
        Ends ends = new Ends(rival, session.id());
        long askedNanos = System.nanoTime();
        Duration earlier = proven(session);
        locks.close();
        ends.await();
        Duration lasted = Duration.ofNanos(System.nanoTime() - askedNanos).plus(earlier);
        assertTrue(lasted.compareTo(LEASE) >= 0, "it lasted " + lasted + " since the time that was proven");
        failure(LockUnavailableException.class, sessions.open(LEASE));
        assertThrows(LockUnavailableException.class, () -> sessions.watch("any", () -> {}));
    }

    @Test
    void aSessionAndItsWatchOutliveARestartAndLostConnections() {
        ZooKeeperServer server = server();
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        LockSessions rival = sessions(server);
        LockSession session =
                answer(sessions(builder("127.0.0.1:" + proxy.port())).open(Duration.ofSeconds(20)));
        Ends ends = new Ends(rival, session.id());
        proven(session);
        server.restart();
        Eventually.isTrue("it is proven to have outlived the restart", () -> isProvenAlive(session));
        proxy.resetConnections();
        Eventually.isTrue("it is proven to have outlived the connection", () -> isProvenAlive(session));
        assertTrue(isMarked(server, session));
        assertEquals(0, ends.count.get());
        answer(session.end());
        ends.await();
    }

    @Test
    void aWatchThatWasCutOffIsToldOfAnEndThatItMissed() {
        ZooKeeperServer server = server();
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        LockSession session = answer(sessions(server).open(LEASE));
        Ends ends = new Ends(sessions(builder("127.0.0.1:" + proxy.port())), session.id());
        proxy.refuse();
        answer(session.end());
        server.restart();
        proxy.heal();
        ends.await();
    }

    @Test
    void whatIsNotAnsweredIsNotKnown() {
        ZooKeeperServer server = server();
        LockSession session = answer(sessions(server).open(Duration.ofSeconds(20)));
        server.pause();
        failure(LockUnavailableException.class, session.keepAlive(true));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
        server.resume();
        Eventually.isTrue("it is proven alive", () -> isProvenAlive(session));
    }

    /** The lease counts from the beginning, and later from a proof that is at least a quarter of the timeout old. */
    @Test
    void theTimeThatIsProvenIsThatOfAnEarlierProofAndNeverThatOfTheCall() {
        LockSession session = answer(sessions(server()).open(LEASE));
        Duration quarter = LEASE.dividedBy(4);
        long begunNanos = System.nanoTime();
        Duration first = proven(session);
        for (long provenNanos = begunNanos;
                System.nanoTime() - begunNanos < LEASE.multipliedBy(2).toNanos(); ) {
            LockSupport.parkNanos(quarter.plusMillis(50).toNanos());
            Duration sinceLast = Duration.ofNanos(System.nanoTime() - provenNanos);
            provenNanos = System.nanoTime();
            Duration earlier = proven(session);
            assertTrue(earlier.compareTo(quarter) >= 0, earlier + " is less than a quarter");
            assertTrue(
                    earlier.compareTo(sinceLast.multipliedBy(2)) <= 0 || earlier.compareTo(LEASE) < 0,
                    earlier + " is long ago");
        }
        assertTrue(first.compareTo(Duration.ofSeconds(30)) < 0, "since the beginning");
    }

    @Test
    void aLeaseThatTheServersDoNotGrantIsRefusedWithWhatToRaise() {
        LockSessions sessions = sessions(server());
        String message = String.valueOf(failure(LockUnavailableException.class, sessions.open(Duration.ofSeconds(90)))
                .getMessage());
        assertTrue(message.contains("maxSessionTimeout"), message);
        assertTrue(message.contains("60000ms, but the lease is 90000ms"), message);
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ofHours(2)));
    }

    /** What the servers grant beyond the lease makes up for what a proof is late by. */
    @Test
    void aTimeoutBeyondTheLeaseIsCredited() {
        LockSession session = answer(sessions(server()).open(Duration.ofMillis(1))); // 1 s is asked for
        assertEquals(Duration.ZERO, proven(session));
    }

    @Test
    void whoMayNotMakeMarkersIsToldWhatToGrantOrToSet() {
        ZooKeeperServer server = server();
        List<ACL> readOnly = List.of(new ACL(ZooDefs.Perms.READ, new Id("world", "anyone")));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            onlooker.makeIfAbsent("/closed", readOnly);
        }
        LockSessions sessions = sessions(builder(server.connectString()).prefix("/closed"));
        String message = String.valueOf(
                failure(LockDeniedException.class, sessions.open(LEASE)).getMessage());
        assertTrue(message.contains("znode /closed/.sessions"), message);
        assertTrue(message.contains("set leases to observed"), message);
    }

    @Test
    void markersGetTheAclOfRecords() {
        ZooKeeperServer server = server();
        LockSession session = answer(sessions(builder(server.connectString()).digestAuth("owner", "s3cret"))
                .open(LEASE));
        List<ACL> ownerAlone =
                List.of(new ACL(ZooDefs.Perms.ALL, new Id("digest", ZooKeeperServer.digest("owner:s3cret"))));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(ownerAlone, onlooker.acl(PARENT + "/" + session.id()));
            assertEquals(ownerAlone, onlooker.acl(PARENT));
        }
        proven(session);
        answer(session.end());
    }

    @Test
    void aSessionIsKeptOverTlsAsWell(@TempDir Path directory) {
        TestCertificates authority = TestCertificates.create();
        ZooKeeperServer secured = closing(ZooKeeperServer.startWithTls(authority));
        Path files = authority.writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "candidate");
        LockSessions sessions = sessions(builder(secured.connectString())
                .requestTimeout(Duration.ofSeconds(15)) // the first handshake of a process takes its time
                .tls(TlsConfig.fromDirectory(files)));
        LockSession session = answer(sessions.open(Duration.ofSeconds(20)));
        Ends ends = new Ends(sessions, session.id());
        proven(session);
        answer(session.end());
        ends.await();
    }

    private CuratorFramework client(ZooKeeperServer server, Duration sessionTimeout) {
        CuratorFramework client = closing(CuratorFrameworkFactory.builder()
                .connectString(server.connectString())
                .sessionTimeoutMs((int) sessionTimeout.toMillis())
                .connectionTimeoutMs(2000)
                .retryPolicy(new RetryOneTime(10))
                .build());
        client.start();
        return client;
    }

    @Test
    void aClientThatIsHandedInKeepsSessionsForAsLongAsItLives() {
        ZooKeeperServer server = server();
        CuratorFramework client = client(server, LEASE);
        LockSessions sessions = sessions(ZooKeeperLocks.builder().client(client));
        LockSession one = answer(sessions.open(LEASE));
        LockSession other = answer(sessions.open(LEASE));
        proven(one);
        answer(one.end());
        assertFalse(isMarked(server, one));
        assertTrue(isProvenAlive(other));
        Ends ends = new Ends(sessions(server), other.id());
        client.close();
        ends.await();
        assertEquals(KeepAlive.ended(), answer(other.keepAlive(true)));
    }

    @Test
    void aClientThatIsHandedInWithATimeoutBelowTheLeaseIsRefused() {
        LockSessions sessions = sessions(ZooKeeperLocks.builder().client(client(server(), LEASE)));
        String message = String.valueOf(failure(LockUnavailableException.class, sessions.open(LEASE.plusMillis(1)))
                .getMessage());
        assertTrue(message.contains("longer session timeout"), message);
    }

    @Test
    void theLocksSayWhetherTheirLeadersHoldBySession() {
        ZooKeeperServer server = server();
        assertFalse(
                builder(server.connectString()).lock("demo", "a").capabilities().sessions());
        try (ZooKeeperLocks locks =
                builder(server.connectString()).leases(Leases.SESSION).connect()) {
            assertTrue(locks.lock("demo", "a").capabilities().sessions());
        }
    }

    private static void assertOutlivesAFreeze(ZooKeeperServer member, LockSession session) {
        member.pause();
        Eventually.isTrue("it is proven alive by the other members", () -> isProvenAlive(session));
        member.resume();
    }

    /** By itself, a client with this timeout would wait 40 s for the frozen one, longer than this test does. */
    @Test
    void aSessionTurnsAwayFromAFrozenMember() {
        ZooKeeperCluster cluster = closing(ZooKeeperCluster.start());
        ZooKeeperServer leader = cluster.leader().orElseThrow();
        List<ZooKeeperServer> followers =
                cluster.members().stream().filter(member -> member != leader).toList();
        String toFollowers =
                followers.stream().map(ZooKeeperServer::connectString).collect(Collectors.joining(","));
        LockSession session = answer(sessions(builder(toFollowers)).open(Duration.ofSeconds(60)));
        for (int i = 0; i < 2; i++) {
            followers.forEach(member -> {
                assertOutlivesAFreeze(member, session);
                Eventually.isTrue("the member is back", () -> isMarked(member, session));
            });
        }
    }

    @Test
    void aSessionOutlivesAFrozenLeaderOfTheEnsemble() {
        ZooKeeperCluster cluster = closing(ZooKeeperCluster.start());
        LockSession session = answer(sessions(builder(cluster.connectString())).open(Duration.ofSeconds(15)));
        Ends ends = new Ends(sessions(builder(cluster.connectString())), session.id());
        assertOutlivesAFreeze(cluster.leader().orElseThrow(), session);
        assertEquals(0, ends.count.get());
        answer(session.end());
        ends.await();
    }
}
