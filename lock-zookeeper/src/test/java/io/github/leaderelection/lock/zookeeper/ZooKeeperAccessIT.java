package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.TestCertificates;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what: ACLs, chroots, clients that are handed in, and certificates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZooKeeperAccessIT {

    private final TestCertificates authority = TestCertificates.create();
    private final ZooKeeperServer server = ZooKeeperServer.start();
    private final ZooKeeperServer secured = ZooKeeperServer.startWithTls(authority);
    private final ZooKeeperOnlooker onlooker = server.onlooker();

    @AfterAll
    void close() {
        onlooker.close();
        server.close();
        secured.close();
    }

    private ZooKeeperLocks.Builder builder() {
        return ZooKeeperLocks.builder().connectString(server.connectString());
    }

    private static List<ACL> allFor(String userAndPassword) {
        return List.of(new ACL(ZooDefs.Perms.ALL, new Id("digest", ZooKeeperServer.digest(userAndPassword))));
    }

    private void assertAclOfAll(List<ACL> expected, String prefix, String election) {
        String record = prefix + "/" + election;
        assertEquals(expected, onlooker.acl(prefix), "the parent that was made");
        assertEquals(expected, onlooker.acl(record), "the record");
        List<String> guards = onlooker.children(record);
        assertEquals(1, guards.size());
        assertEquals(expected, onlooker.acl(record + "/" + guards.get(0)), "its guard");
    }

    @Test
    void whatAnAuthenticatedUserMakesIsForThatUserAlone() {
        String election = freshElection();
        try (ResourceLock lock =
                builder().prefix("/own").digestAuth("owner", "s3cret").lock(election, "a")) {
            LockVersion version = written(lock.create(heldBy("a")));
            assertAclOfAll(allFor("owner:s3cret"), "/own", election);
            try (ResourceLock stranger =
                    builder().prefix("/own").digestAuth("stranger", "s3cret").lock(election, "b")) {
                String message = String.valueOf(
                        failure(LockDeniedException.class, stranger.get()).getMessage());
                assertTrue(message.contains("user 'stranger' may not read"), message);
                assertTrue(message.contains("znode /own/" + election), message);
                assertFalse(message.contains("s3cret"), message);
                failure(LockDeniedException.class, stranger.update(heldBy("b"), version));
                Told told = new Told();
                stranger.watch(told);
                told.await("LockDeniedException");
            }
            assertEquals(version, read(lock).orElseThrow().version());
        }
    }

    @Test
    void theConfiguredAclIsGivenToAllThatIsMade() {
        String election = freshElection();
        List<ACL> shared = allFor("team:of-many");
        try (ResourceLock lock = builder()
                .prefix("/shared")
                .digestAuth("team", "of-many")
                .acl(shared)
                .lock(election, "a")) {
            written(lock.create(heldBy("a")));
        }
        assertAclOfAll(shared, "/shared", election);
    }

    @Test
    void withoutAuthenticationEverybodyMayDoEverything() {
        String election = freshElection();
        try (ResourceLock lock = builder().prefix("/open").lock(election, "a")) {
            written(lock.create(heldBy("a")));
        }
        assertAclOfAll(ZooDefs.Ids.OPEN_ACL_UNSAFE, "/open", election);
    }

    /** ZooKeeper refuses to make a parent without the right to do so, even where it stands already. */
    @Test
    void aParentThatWasMadeByAnAdministratorIsEnough() {
        onlooker.makeIfAbsent("/locked", allFor("admin:secret"));
        onlooker.makeIfAbsent("/locked/team", allFor("team:secret"));
        try (ResourceLock lock =
                builder().prefix("/locked/team").digestAuth("team", "secret").lock("deep/" + freshElection(), "a")) {
            written(lock.update(heldBy("a"), written(lock.create(heldBy("a")))));
        }
        try (ResourceLock lock =
                builder().prefix("/locked").digestAuth("team", "secret").lock(freshElection(), "a")) {
            failure(LockDeniedException.class, lock.create(heldBy("a")));
        }
    }

    @Test
    void aChrootIsWhereEverythingIsAndAMissingOneIsNamed() {
        onlooker.makeIfAbsent("/apps", ZooDefs.Ids.OPEN_ACL_UNSAFE);
        String election = freshElection();
        String within = server.connectString() + "/apps";
        try (ResourceLock lock = ZooKeeperLocks.builder().connectString(within).lock(election, "a")) {
            written(lock.create(heldBy("a")));
        }
        assertTrue(onlooker.get("/apps/leaderelection/" + election).isPresent());
        try (ResourceLock lock = ZooKeeperLocks.builder()
                .connectString(server.connectString() + "/missing")
                .lock(election, "a")) {
            String message = String.valueOf(failure(LockUnavailableException.class, lock.create(heldBy("a")))
                    .getMessage());
            assertTrue(message.contains("chroot"), message);
        }
    }

    /** Its retry policy would repeat a write; its namespace counts; it is not closed. */
    @Test
    void aClientThatIsHandedInIsUsedWithItsNamespaceAndLeftOpen() {
        try (CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(server.connectString())
                .retryPolicy(new RetryForever(10))
                .namespace("space")
                .build()) {
            client.start();
            String election = freshElection();
            try (ZooKeeperLocks locks = ZooKeeperLocks.builder().client(client).connect()) {
                ResourceLock one = locks.lock(election, "a");
                ResourceLock other = locks.lock(election, "b");
                LockVersion version = written(one.create(heldBy("a")));
                assertEquals(WriteResult.conflict(), answer(other.create(heldBy("b"))));
                Told told = new Told();
                other.watch(told);
                told.await("a");
                written(other.update(heldBy("b"), version));
                told.await("b");
            }
            assertTrue(onlooker.get("/space/leaderelection/" + election).isPresent());
            assertEquals(CuratorFrameworkState.STARTED, client.getState());
            assertTrue(client.getZookeeperClient().isConnected());
        }
    }

    private ResourceLock over(Path files) {
        return ZooKeeperLocks.builder()
                .connectString(secured.connectString())
                .requestTimeout(Duration.ofSeconds(3))
                .tls(TlsConfig.fromDirectory(files))
                .lock(freshElection(), "a");
    }

    @ParameterizedTest
    @EnumSource
    void certificatesOfEachFormOpenTheSecurePort(TestCertificates.KeyFormat format, @TempDir Path directory) {
        Path files = authority.writeClient(directory, format, "candidate");
        try (ResourceLock lock = over(files)) {
            written(lock.create(heldBy("a")));
            assertEquals("a", read(lock).orElseThrow().record().holderIdentity());
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityOpensNothing(@TempDir Path directory) {
        Path files = TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "stranger");
        try (ResourceLock lock = over(files)) {
            String message = String.valueOf(
                    failure(LockUnavailableException.class, lock.get()).getMessage());
            assertTrue(message.contains("TLS"), message);
        }
    }

    private static LockSessions sessions(ZooKeeperLocks locks) {
        return locks.lock("demo", "a").sessions().orElseThrow();
    }

    /** Where no candidate may delete, a leader that dies has no successor, and people have to be told why. */
    @Test
    void whoeverMayNotEndASilentSessionSaysSoInTheLog() {
        List<ACL> acl = new ArrayList<>(allFor("owner:s3cret"));
        acl.add(new ACL(
                ZooDefs.Perms.CREATE | ZooDefs.Perms.READ | ZooDefs.Perms.WRITE,
                new Id("digest", ZooKeeperServer.digest("other:s3cret"))));
        ZooKeeperLocks.Builder there = builder().prefix("/undeletable");
        LockSession session;
        try (ZooKeeperLocks owner = there.digestAuth("owner", "s3cret").acl(acl).connect()) {
            session = answer(sessions(owner).open(Duration.ofSeconds(1)));
        }
        try (LogLines log = new LogLines();
                ZooKeeperLocks other = there.digestAuth("other", "s3cret").connect()) {
            AtomicInteger told = new AtomicInteger();
            sessions(other).watch(session.id(), told::incrementAndGet);
            Eventually.isTrue("it is logged", () -> !log.lines.isEmpty());
            assertTrue(
                    log.lines.get(0).contains("user 'other' may not keep sessions there, and none was ended"),
                    log.lines::toString);
            assertTrue(log.lines.get(0).contains("give them CREATE, READ, WRITE and DELETE"), log.lines::toString);
            assertEquals(0, told.get());
        }
    }
}
