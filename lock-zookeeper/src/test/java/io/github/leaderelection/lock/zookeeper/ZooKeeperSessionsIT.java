package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.Successor;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperCluster;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
            return onlooker.get(path(session)).isPresent();
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

    private static void prove(LockSession session) {
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
    }

    private static ZooKeeperOnlooker.Znode marker(ZooKeeperServer server, LockSession session) {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            return onlooker.get(path(session)).orElseThrow();
        }
    }

    private static void rewrite(ZooKeeperServer server, LockSession session, String text) {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            onlooker.put(path(session), text);
        }
    }

    private static String path(LockSession session) {
        return PARENT + "/" + session.id();
    }

    private static void assertLeaseHasPassedSince(long beginNanos) {
        Duration lasted = Duration.ofNanos(System.nanoTime() - beginNanos);
        assertTrue(lasted.compareTo(LEASE) >= 0, "it ended after " + lasted);
    }

    /** A client without a word, since it was opened. */
    private LockSession openAndDie(ZooKeeperServer server, Duration lease) {
        try (ZooKeeperLocks locks = builder(server.connectString()).connect()) {
            return answer(sessions(locks).open(lease));
        }
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
        prove(session);
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
        LockSession session =
                answer(sessions(builder("127.0.0.1:" + proxy.port())).open(LEASE));
        Ends ends = new Ends(sessions(server), session.id());
        for (int i = 0; i < 3; i++) {
            LockSupport.parkNanos(LEASE.dividedBy(4).toNanos()); // so that the lease counts from later
            prove(session);
        }
        long askedNanos = System.nanoTime();
        prove(session);
        proxy.cut();
        ends.await();
        assertLeaseHasPassedSince(askedNanos);
        assertFalse(isMarked(server, session));
        proxy.resetConnections();
        proxy.heal();
        Eventually.isTrue("the client learns of it", () -> isKnownToHaveEnded(session));
        assertEquals(KeepAlive.ended(), answer(session.keepAlive(false)));
    }

    @Test
    void aSessionIsKeptOverSeveralLeasesThoughItIsFollowedAndItsEndIsToldToEachOnce() {
        ZooKeeperServer server = server();
        LockSessions sessions = sessions(server);
        LockSessions rival = sessions(server);
        LockSession session = answer(sessions.open(LEASE));
        List<Ends> all = List.of(
                new Ends(sessions, session.id()),
                new Ends(sessions, session.id()),
                new Ends(rival, session.id()),
                new Ends(rival, session.id()));
        long beginNanos = System.nanoTime();
        while (System.nanoTime() - beginNanos < LEASE.multipliedBy(3).toNanos()) {
            prove(session);
            LockSupport.parkNanos(LEASE.dividedBy(6).toNanos());
        }
        all.forEach(ends -> assertEquals(0, ends.count.get()));
        all.forEach(Ends::await);
        assertFalse(isMarked(server, session));
        new Ends(rival, session.id()).await();
        all.forEach(Ends::await);
    }

    /** As a write that arrives late, or once more: the others wait longer. */
    @Test
    void theWaitBeginsAnewWithEachVersion() {
        ZooKeeperServer server = server();
        LockSession session = openAndDie(server, LEASE);
        Ends ends = new Ends(sessions(server), session.id());
        String text = marker(server, session).text();
        long writtenNanos = 0;
        for (int i = 0; i < 3; i++) {
            LockSupport.parkNanos(LEASE.dividedBy(2).toNanos());
            writtenNanos = System.nanoTime();
            rewrite(server, session, text);
        }
        ends.await();
        assertLeaseHasPassedSince(writtenNanos);
    }

    /** It knows an old version for longer than a lease, and deletes it as soon as it is back: but not a newer one. */
    @Test
    void aFollowerThatWasCutOffEndsNoSessionThatWasKept() {
        ZooKeeperServer server = server();
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        LockSessions rival = sessions(builder("127.0.0.1:" + proxy.port()).requestTimeout(Duration.ofSeconds(20)));
        LockSession before = answer(rival.open(LEASE));
        LockSession gone = answer(sessions(server).open(LEASE));
        answer(gone.end());
        LockSession session = answer(sessions(server).open(LEASE));
        Ends ends = new Ends(rival, session.id());
        new Ends(rival, gone.id()).await(); // it was looked for after the other one
        proxy.cut();
        long beginNanos = System.nanoTime();
        while (System.nanoTime() - beginNanos < LEASE.multipliedBy(2).toNanos()) {
            prove(session);
            LockSupport.parkNanos(LEASE.dividedBy(6).toNanos());
        }
        proxy.heal();
        Eventually.isTrue("the follower is back", () -> {
            prove(session);
            return tryToProve(before).isPresent();
        });
        assertEquals(0, ends.count.get());
        answer(session.end());
        ends.await();
    }

    @Test
    void whatIsNoMarkerIsNeverDeletedByTime() {
        ZooKeeperServer server = server();
        LockSessions rival = sessions(server);
        for (String text :
                List.of("", "this is no Lease", "{\"spec\":{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1}}")) {
            LockSession session = openAndDie(server, Duration.ofSeconds(1));
            rewrite(server, session, text);
            Ends ends = new Ends(rival, session.id());
            LockSession dead = openAndDie(server, LEASE);
            new Ends(rival, dead.id()).await();
            assertEquals(0, ends.count.get(), text);
            assertEquals(text, marker(server, session).text());
        }
    }

    @Test
    void theMarkerOfADeadClientIsSweptAndThatOfAnIdleOneIsNot() {
        ZooKeeperServer server = server();
        Duration lease = Duration.ofSeconds(1);
        long beginNanos = System.nanoTime();
        LockSession idle = answer(sessions(server).open(lease));
        LockSession dead = openAndDie(server, lease);
        answer(sessions(server).open(lease));
        Eventually.isTrue("the marker is swept", () -> {
            assertEquals(KeepAlive.kept(), answer(idle.keepAlive(false)));
            return !isMarked(server, dead);
        });
        int writes = marker(server, idle).version();
        assertTrue(writes > 0, "it was rewritten");
        long leases = (System.nanoTime() - beginNanos) / lease.toNanos();
        assertTrue(writes <= leases / 4, writes + " writes in " + leases + " leases");
        prove(idle);
    }

    /** It would not do to end what somebody may still lead by. */
    @Test
    void locksThatAreClosedLeaveTheirSessionsToTheOthers() {
        ZooKeeperServer server = server();
        ZooKeeperLocks locks = closing(builder(server.connectString()).connect());
        LockSessions sessions = sessions(locks);
        LockSession session = answer(sessions.open(LEASE));
        Ends own = new Ends(sessions, session.id());
        Ends ends = new Ends(sessions(server), session.id());
        long askedNanos = System.nanoTime();
        prove(session);
        locks.close();
        ends.await();
        assertLeaseHasPassedSince(askedNanos);
        assertEquals(0, own.count.get());
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
        prove(session);
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
        failure(LockIndeterminateException.class, session.keepAlive(true));
        assertEquals(KeepAlive.kept(), answer(session.keepAlive(false)));
        server.resume();
        Eventually.isTrue("it is proven alive", () -> isProvenAlive(session));
    }

    @Test
    void aLeaseThatIsNoWholeNumberOfSecondsIsRefused() {
        LockSessions sessions = sessions(builder("127.0.0.1:1"));
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ofMillis(999)));
        assertThrows(IllegalArgumentException.class, () -> sessions.open(Duration.ofMillis(1500)));
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
        assertTrue(message.contains("CREATE, READ, WRITE and DELETE"), message);
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
            assertEquals(ownerAlone, onlooker.acl(path(session)));
            assertEquals(ownerAlone, onlooker.acl(PARENT));
        }
        prove(session);
        answer(session.end());
    }

    @Test
    void whoMayNotReadMarkersIsToldOfAnEndThatOthersMade() {
        ZooKeeperServer server = server();
        LockSession session = answer(sessions(builder(server.connectString()).digestAuth("owner", "s3cret"))
                .open(LEASE));
        Ends ends = new Ends(sessions(builder(server.connectString()).digestAuth("stranger", "s3cret")), session.id());
        prove(session);
        assertEquals(0, ends.count.get());
        answer(session.end());
        ends.await();
    }

    private CuratorFramework client(ZooKeeperServer server) {
        CuratorFramework client = closing(CuratorFrameworkFactory.builder()
                .connectString(server.connectString())
                .sessionTimeoutMs(2000)
                .connectionTimeoutMs(2000)
                .retryPolicy(new RetryOneTime(10))
                .build());
        client.start();
        return client;
    }

    @Test
    void aClientThatIsHandedInServesSessionsToo() {
        ZooKeeperServer server = server();
        CuratorFramework client = client(server);
        LockSessions sessions = sessions(ZooKeeperLocks.builder().client(client).requestTimeout(LEASE));
        LockSession one = answer(sessions.open(LEASE));
        LockSession other = answer(sessions.open(LEASE));
        Ends oneEnds = new Ends(sessions, one.id());
        prove(one);
        answer(one.end());
        oneEnds.await();
        assertFalse(isMarked(server, one));
        Ends ends = new Ends(sessions(server), other.id());
        long askedNanos = System.nanoTime();
        prove(other);
        client.close();
        ends.await();
        assertLeaseHasPassedSince(askedNanos);
        assertEquals(Optional.empty(), tryToProve(other));
    }

    @Test
    void theLocksSayWhetherTheirLeadersHoldBySession() {
        ZooKeeperServer server = server();
        assertTrue(
                builder(server.connectString()).lock("demo", "a").capabilities().sessions());
        try (ZooKeeperLocks locks =
                builder(server.connectString()).leases(Leases.OBSERVED).connect()) {
            assertFalse(locks.lock("demo", "a").capabilities().sessions());
        }
    }

    private static void assertOutlivesAFreeze(ZooKeeperServer member, LockSession session) {
        member.pause();
        Eventually.isTrue("it is proven alive by the other members", () -> isProvenAlive(session));
        member.resume();
    }

    @Test
    void aSessionOutlivesEachFrozenMember() {
        ZooKeeperCluster cluster = closing(ZooKeeperCluster.start());
        LockSession session = answer(sessions(builder(cluster.connectString())).open(Duration.ofSeconds(20)));
        Ends ends = new Ends(sessions(builder(cluster.connectString())), session.id());
        cluster.members().forEach(member -> {
            assertOutlivesAFreeze(member, session);
            Eventually.isTrue("the member is back", () -> isProvenAlive(session) && isMarked(member, session));
        });
        assertEquals(0, ends.count.get());
        answer(session.end());
        ends.await();
    }

    /** An outsider's garbage is written over by the client; when that dies, its session ends all the same. */
    @Test
    void aMarkerThatWasNoneForAWhileIsFollowedAgain() {
        ZooKeeperServer server = server();
        ZooKeeperLocks locks = closing(builder(server.connectString()).connect());
        LockSession session = answer(sessions(locks).open(LEASE));
        rewrite(server, session, "garbage");
        Ends follower = new Ends(sessions(server), session.id());
        Eventually.isTrue("nothing more is asked", () -> isQuiet(server));
        prove(session);
        long beginNanos = System.nanoTime();
        follower.await();
        assertLeaseHasPassedSince(beginNanos);
    }

    /** Pain 18: it is told of each rewrite, and asks for nothing. */
    @Test
    void whoeverFollowsALivingSessionSendsNothing() {
        ZooKeeperServer server = server();
        ZooKeeperLocks.Builder builder = builder(server.connectString()).sessionTimeout(Duration.ofMinutes(1));
        LockSession session = answer(sessions(builder).open(LEASE));
        List<Ends> followers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            followers.add(new Ends(sessions(builder), session.id()));
        }
        prove(session);
        Eventually.isTrue("nothing more is asked", () -> isQuiet(server));
        long before = server.counts().getOrDefault("packets_received", 0L);
        long beganNanos = System.nanoTime();
        int rewrites = 0;
        while (System.nanoTime() - beganNanos < 2 * LEASE.toNanos()) {
            prove(session);
            rewrites++;
            LockSupport.parkNanos(LEASE.toNanos() / 20);
        }
        long sent = server.counts().getOrDefault("packets_received", 0L) - before;
        assertTrue(sent <= rewrites + 10, sent + " requests for " + rewrites + " rewrites");
        followers.forEach(follower -> assertEquals(0, follower.count.get()));
        followers.forEach(Ends::await);
    }

    private static boolean isQuiet(ZooKeeperServer server) {
        long before = server.counts().getOrDefault("packets_received", 0L);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        return server.counts().getOrDefault("packets_received", 0L) - before <= 1;
    }

    /** Who is neither the holder nor the successor looks a little later at what happens; but says nothing that it knows to be old. */
    @Test
    void aLookIsNotAnsweredByAWatchThatLetsOthersLookFirst() {
        ZooKeeperLocks locks = closing(builder(server().connectString()).connect());
        ResourceLock leader = closing(locks.lock("demo", "a"));
        ResourceLock onlooker = closing(locks.lock("demo", "c"));
        AtomicInteger told = new AtomicInteger();
        onlooker.watch(new LockWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> record) {
                told.incrementAndGet();
            }

            @Override
            public void onMalformed(MalformedRecordException malformed) {}

            @Override
            public void onBroken(LockException cause) {}
        });
        LockVersion version = written(leader.create(withSuccessor(0)));
        Eventually.isTrue("the onlooker is told who is next", () -> told.get() >= 2);
        for (int turn = 1; turn <= 20; turn++) {
            version = written(leader.update(withSuccessor(turn), version));
            LockSnapshot found = answer(onlooker.look(Duration.ofMillis(1))).orElseThrow();
            assertEquals(turn, found.record().leaderTransitions());
        }
    }

    private static LeaderElectionRecord withSuccessor(int transitions) {
        return new LeaderElectionRecord(
                "a",
                LEASE,
                Optional.empty(),
                Optional.empty(),
                transitions,
                Optional.of("S1"),
                Optional.empty(),
                Optional.of(new Successor("b", LEASE, "S2", "claim")));
    }
}
