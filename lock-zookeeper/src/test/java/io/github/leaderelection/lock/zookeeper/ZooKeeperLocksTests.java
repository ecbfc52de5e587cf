package io.github.leaderelection.lock.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that make no sense are refused at once, by name; and none of this needs a ZooKeeper. */
class ZooKeeperLocksTests {

    private static final String NOBODY = "127.0.0.1:1";

    private static String refusal(Executable settings) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, settings).getMessage());
    }

    private static ZooKeeperLocks.Builder builder() {
        return ZooKeeperLocks.builder().connectString(NOBODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:2181",
                "127.0.0.1:x",
                "127.0.0.1:99999",
                "127.0.0.1:2181,",
                "a b:2181",
                "127.0.0.1:2181/a//b",
                "127.0.0.1:2181/a/",
                ":2181",
                "/chroot"
            })
    void connectStringsThatAreNoneAreRefused(String connectString) {
        String refusal = refusal(
                () -> ZooKeeperLocks.builder().connectString(connectString).connect());
        assertTrue(refusal.contains("connectString must look like"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "zoo-1.example:2181,zoo-2.example:2181", "[::1]:2181/a/b"})
    void connectStringsOfEachFormAreTaken(String connectString) {
        ZooKeeperLocks.builder().connectString(connectString).connect().close();
    }

    @Test
    void aMissingConnectStringIsRefused() {
        assertTrue(refusal(() -> ZooKeeperLocks.builder().connect()).contains("connectString is missing"));
    }

    @Test
    void durationsThatMakeNoSenseAreRefusedByName() {
        assertTrue(refusal(() -> builder().requestTimeout(Duration.ofMillis(99)).connect())
                .contains("requestTimeout must be from 100ms to 1h, but is PT0.099S"));
        assertTrue(refusal(() -> builder()
                        .sessionTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .connect())
                .contains("sessionTimeout must be from 1000ms"));
        assertTrue(refusal(() -> builder().sessionTimeout(Duration.ofDays(1)).connect())
                .contains("sessionTimeout must be from 1000ms"));
        assertTrue(refusal(() -> builder().connectionTimeout(Duration.ZERO).connect())
                .contains("connectionTimeout must be"));
    }

    @Test
    void aClientAndWhatMakesOneExcludeEachOther() {
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(NOBODY, new RetryOneTime(1))) {
            assertTrue(refusal(() -> ZooKeeperLocks.builder().client(client).connect())
                    .contains("client must be started"));
            client.start();
            assertTrue(refusal(() -> builder().client(client).connect()).contains("give either, not both"));
        }
    }

    @Test
    void namesThatMakeNoPathAreRefused() {
        try (ZooKeeperLocks locks = builder().connect();
                ZooKeeperLocks atTheRoot = builder().prefix("").connect()) {
            assertTrue(refusal(() -> locks.lock(" ", "a")).contains("make no key"));
            assertTrue(refusal(() -> locks.lock("a\u0000b", "a")).contains("make no path of a znode"));
            assertTrue(refusal(() -> locks.lock("demo", " ")).contains("identity must not be blank"));
            assertTrue(refusal(() -> atTheRoot.lock("zookeeper/config", "a")).contains("/zookeeper"));
            assertTrue(refusal(() -> locks.lock("x/../.sessions/y", "a")).contains("kept for sessions"));
            assertTrue(refusal(() -> atTheRoot.lock(".sessions", "a")).contains("kept for sessions"));
            locks.lock(".sessions-of-mine", "a").close();
        }
    }

    @Test
    void anAclThatLetsNobodyInIsRefused() {
        assertTrue(refusal(() -> builder().acl(List.of()).connect()).contains("acl must not be empty"));
    }

    @Test
    void locksThatAreClosedOpenNothing() {
        ZooKeeperLocks locks = builder().connect();
        locks.close();
        locks.close();
        assertThrows(IllegalStateException.class, () -> locks.lock("demo", "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", ":s3cret", "s3cret:"})
    void anAuthThatIsNoneIsRefusedByItsKeyAndNotShown(String auth) {
        LockSettings settings = new LockSettings("zookeeper", "demo", "a", Map.of("connect", NOBODY, "auth", auth));
        String refusal = refusal(() -> new ZooKeeperLockProvider().open(settings));
        assertTrue(refusal.startsWith("leaderelection.zookeeper.auth must look like user:password"), refusal);
        assertFalse(refusal.contains("s3cret"), refusal);
    }

    @Test
    void leasesThatAreNeitherAreRefusedByTheirKey() {
        LockSettings settings = new LockSettings("zookeeper", "demo", "a", Map.of("connect", NOBODY, "leases", "both"));
        String refusal = refusal(() -> new ZooKeeperLockProvider().open(settings));
        assertTrue(refusal.startsWith("leaderelection.zookeeper.leases: expected session or observed"), refusal);
    }

    @ParameterizedTest
    @EnumSource
    void leasesCanBeSet(Leases leases) {
        LockSettings settings =
                new LockSettings("zookeeper", "demo", "a", Map.of("connect", NOBODY, "leases", leases.toString()));
        try (ResourceLock lock = new ZooKeeperLockProvider().open(settings)) {
            assertEquals(leases == Leases.SESSION, lock.capabilities().sessions());
        }
    }

    @Test
    void whatALockIsShownAsTellsWhereItIsAndNoSecret() {
        try (ResourceLock lock = builder().digestAuth("user", "s3cret").lock("demo/leader", "a")) {
            String shown = lock.describe() + lock;
            assertTrue(shown.contains("demo/leader (znode /leaderelection/demo/leader at " + NOBODY + ")"), shown);
            assertFalse(shown.contains("s3cret"), shown);
        }
    }
}
