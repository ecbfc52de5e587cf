package io.github.leaderelection.lock.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Candidate.Timing;
import io.github.leaderelection.testcalls.Electorate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole elections over a ZooKeeper that loses sessions, members and its quorum. */
class ZooKeeperElectionIT {

    private static final String NAME = "demo";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Electorate electorate = new Electorate();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        electorate.close();
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private Candidate candidate(ZooKeeperLocks.Builder builder, String identity) {
        return electorate.enter(builder.requestTimeout(Duration.ofSeconds(1)).lock(NAME, identity), Timing.QUICK);
    }

    private static ZooKeeperLocks.Builder at(String connectString) {
        return ZooKeeperLocks.builder().connectString(connectString).sessionTimeout(Duration.ofSeconds(2));
    }

    private static CuratorFramework client(ZooKeeperServer server) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(server.connectString())
                .sessionTimeoutMs(2000)
                .connectionTimeoutMs(2000)
                .retryPolicy(new RetryOneTime(10))
                .build();
        client.start();
        return client;
    }

    /** As another host could: whoever has the id and the password of a session takes it over, and may end it. */
    private static void expire(CuratorFramework client, ZooKeeperServer server) throws Exception {
        ZooKeeper session = client.getZookeeperClient().getZooKeeper();
        long id = session.getSessionId();
        CountDownLatch taken = new CountDownLatch(1);
        ZooKeeper twin = new ZooKeeper(
                server.connectString(),
                2000,
                event -> {
                    if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                        taken.countDown();
                    }
                },
                id,
                session.getSessionPasswd());
        assertTrue(taken.await(30, TimeUnit.SECONDS), "the session was taken over");
        twin.close();
        Eventually.isTrue("the client has a new session", () -> hasOtherSession(client, id));
    }

    private static boolean hasOtherSession(CuratorFramework client, long id) {
        try {
            return client.getZookeeperClient().isConnected()
                    && client.getZookeeperClient().getZooKeeper().getSessionId() != id;
        } catch (Exception notYet) {
            return false;
        }
    }

    /**
     * Pain 7: a tenure stands for what was written, not for a session. The leader whose session expires writes on over a new
     * one, while nobody else begins; and its watch lives on, too.
     */
    @Test
    void aSessionThatExpiresUnderTheLeaderEndsNoTenureAndMakesNoSecondLeader() throws Exception {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        CuratorFramework client = closing(client(server));
        Candidate leader = candidate(ZooKeeperLocks.builder().client(client), "a");
        leader.awaitTenure(1);
        Candidate other = candidate(at(server.connectString()), "b");
        long token = leader.latest().fencingToken();
        for (int i = 0; i < 3; i++) {
            expire(client, server);
            leader.awaitRenewal();
        }

        assertTrue(leader.leads());
        assertEquals(token, leader.latest().fencingToken());
        assertEquals(0, other.tenureCount());
        assertEquals(1, electorate.leadersMax());
    }

    /** The token of the next tenure is the zxid of the last one's last write. */
    @Test
    void aLeaderHandsOverToItsSuccessorInOneWrite() throws Exception {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        ZooKeeperLocks.Builder locks = at(server.connectString()).leases(Leases.SESSION);
        Candidate first = candidate(locks, "a");
        first.awaitTenure(1);
        Candidate second = candidate(locks, "b");
        ResourceLock reader = closing(at(server.connectString()).lock(NAME, "reader"));
        electorate.assertHandsOverInOneWrite(first, second, reader);
    }

    /** Also by one that observes leases, and follows the session that the record names all the same. */
    @Test
    void aLeaderBySessionLeadsOnForLeasesAndIsFollowedWhenItIsCutOffAndNeverDoTwoLead() {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        Candidate first = candidate(at("127.0.0.1:" + proxy.port()).leases(Leases.SESSION), "a");
        first.awaitTenure(1);
        candidate(at(server.connectString()).leases(Leases.SESSION), "b");
        candidate(at(server.connectString()).leases(Leases.OBSERVED), "c");
        long token = first.latest().fencingToken();
        long beginNanos = System.nanoTime();
        while (System.nanoTime() - beginNanos
                < Timing.QUICK.lease().multipliedBy(2).toNanos()) {
            assertTrue(first.leads());
            LockSupport.parkNanos(Timing.QUICK.retry().dividedBy(5).toNanos());
        }
        assertEquals(token, first.latest().fencingToken());
        proxy.cut();
        Eventually.isTrue(
                "another one leads",
                () -> electorate.leader().filter(leader -> leader != first).isPresent());
        proxy.resetConnections();
        proxy.heal();
        Eventually.isTrue(
                "the first one knows whom it follows",
                () -> first.leader().filter(leader -> !leader.equals("a")).isPresent());
        assertEquals(1, electorate.leadersMax());
    }

    /** Pains 7 and 8: completions that come late, and from before, undo nothing. */
    @Test
    void aServerThatIsRestartedUnderTheLeaderOverAndOverNeverMakesTwoLeadersAndAlwaysHasOneInTheEnd() {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        candidate(at(server.connectString()), "a").awaitTenure(1);
        candidate(at(server.connectString()), "b");
        candidate(at(server.connectString()), "c");
        for (int i = 0; i < 3; i++) {
            server.restart();
            electorate.awaitLeader();
        }
        assertEquals(1, electorate.leadersMax());
    }

    /** Pain 9: the one that died while it was acquiring left a record, which keeps others waiting for its lease, no longer. */
    @Test
    void anAcquisitionWhoseReplyNeverCameIsAdoptedByItsWriterAndBlocksNobody() {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        TcpProxy proxy = closing(TcpProxy.to(server.port()));
        try (Candidate before = new Candidate(at(server.connectString()).lock(NAME, "before"), Timing.QUICK)) {
            before.awaitTenure(1);
            candidate(at("127.0.0.1:" + proxy.port()), "a");
            Eventually.isTrue("the candidate is there", () -> proxy.acceptedCount() > 0);
            proxy.cutReplies();
        }
        proxy.resetConnections();
        proxy.heal();
        electorate.awaitLeader();
        proxy.cut();
        Candidate next = candidate(at(server.connectString()), "b");
        next.awaitTenure(1);
        assertEquals(1, electorate.leadersMax());
        assertEquals(Optional.of(next), electorate.leader());
    }

    @Test
    void aMemberThatIsLostCostsNoTenureAndALostQuorumEndsItAndTheNextTokenIsGreater() throws Exception {
        TestingCluster cluster = closing(new TestingCluster(3));
        cluster.start();
        Candidate a = candidate(at(cluster.getConnectString()), "a");
        a.awaitTenure(1);
        candidate(at(cluster.getConnectString()), "b");
        List<InstanceSpec> members = new ArrayList<>(cluster.getInstances());
        for (InstanceSpec member : members) {
            cluster.killServer(member);
            electorate.awaitLeader();
            cluster.restartServer(member);
        }
        long token = electorate.candidates().stream()
                .filter(candidate -> candidate.tenureCount() > 0)
                .mapToLong(candidate -> candidate.latest().fencingToken())
                .max()
                .orElseThrow();

        cluster.killServer(members.get(0));
        cluster.killServer(members.get(1));
        Eventually.isTrue(
                "nobody leads without a quorum", () -> electorate.leader().isEmpty());
        cluster.restartServer(members.get(0));
        Eventually.isTrue(
                "somebody leads again",
                () -> electorate
                        .leader()
                        .filter(leader -> leader.latest().fencingToken() > token)
                        .isPresent());
        assertEquals(1, electorate.leadersMax());
    }

    private static long packetCount(ZooKeeperServer server) {
        return server.counts().getOrDefault("packets_received", 0L);
    }

    private static void awaitPassed(Duration duration) {
        long beginNanos = System.nanoTime();
        Eventually.isTrue(duration + " have passed", () -> System.nanoTime() - beginNanos > duration.toNanos());
    }

    /**
     * It looks for its record after four renew deadlines, and leads for five without having seen it; the answer comes with that to the
     * next rewrite of the marker.
     */
    @Test
    void aLeaderLooksInTimeHoweverShortItsRenewDeadlineAndSendsNothingForThat() {
        ZooKeeperServer server = closing(ZooKeeperServer.start());
        Duration deadline = Duration.ofSeconds(2);
        Duration retryPeriod = Duration.ofMillis(400);
        ZooKeeperLocks locks = closing(ZooKeeperLocks.builder()
                .connectString(server.connectString())
                .sessionTimeout(Duration.ofMinutes(1))
                .connect());
        List<Candidate> leaders = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            leaders.add(electorate.enter(
                    locks.lock(NAME + i, "a"), new Timing(Duration.ofSeconds(3), deadline, retryPeriod)));
        }
        leaders.forEach(leader -> leader.awaitTenure(1));
        long before = packetCount(server);
        Duration watched = deadline.multipliedBy(6);
        long beganNanos = System.nanoTime();
        awaitPassed(watched);
        long sent = packetCount(server) - before;
        long rewrites = (System.nanoTime() - beganNanos) / retryPeriod.toNanos();
        for (Candidate leader : leaders) {
            assertTrue(leader.leads(), leader::toString);
            assertEquals(1, leader.tenureCount(), leader::toString);
        }
        assertTrue(sent <= rewrites + 20, sent + " requests of 50 leaders in " + watched);
    }
}
