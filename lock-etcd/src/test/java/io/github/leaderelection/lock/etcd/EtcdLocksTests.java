package io.github.leaderelection.lock.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testservers.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that make no sense are refused at once, by name; and none of this needs an etcd. */
class EtcdLocksTests {

    private static final String ENDPOINT = "http://127.0.0.1:1";

    private static String refusal(Executable settings) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, settings).getMessage());
    }

    private static EtcdLocks.Builder builder() {
        return EtcdLocks.builder().endpoints(ENDPOINT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:2379",
                "localhost",
                "ftp://127.0.0.1",
                "http://",
                "http://127.0.0.1:2379/path",
                "http://127.0.0.1:2379?x=y",
                "http://a b",
                "http:127.0.0.1:2379",
                ""
            })
    void endpointsThatAreNoneAreRefused(String endpoint) {
        assertTrue(refusal(() -> EtcdLocks.builder().endpoints(endpoint).connect())
                .contains("endpoints must look like http://127.0.0.1:2379"));
    }

    @Test
    void aPasswordInAnEndpointIsNotShown() {
        String refusal = refusal(() ->
                EtcdLocks.builder().endpoints("http://root:s3cret@127.0.0.1:1").connect());
        assertFalse(refusal.contains("s3cret"), refusal);
    }

    @Test
    void missingEndpointsAreRefused() {
        assertTrue(refusal(() -> EtcdLocks.builder().connect()).contains("endpoints are missing"));
    }

    @Test
    void endpointsWithAndWithoutTlsAreNotMixed() {
        assertTrue(refusal(() -> EtcdLocks.builder()
                        .endpoints("http://127.0.0.1:1", "https://127.0.0.1:2")
                        .connect())
                .contains("all http or all https"));
    }

    @Test
    void tlsFilesForEndpointsWithoutTlsAreRefused(@TempDir Path directory) {
        TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "pat");
        TlsConfig tls = TlsConfig.fromDirectory(directory);
        assertTrue(refusal(() -> builder().tls(tls).connect()).contains("not https"));
    }

    @Test
    void emptyUsersPasswordsNamesAndIdentitiesAreRefused() {
        assertTrue(refusal(() -> builder().user("", "x").connect()).contains("user must not be empty"));
        assertTrue(refusal(() -> builder().user("x", "").connect()).contains("password must not be empty"));
        assertTrue(refusal(() -> builder().lock(" ", "a")).contains("name"));
        assertTrue(refusal(() -> builder().lock("demo", " ")).contains("identity must not be blank"));
    }

    @Test
    void timeoutsOutOfRangeAreRefused() {
        assertTrue(refusal(() -> builder().requestTimeout(Duration.ofMillis(99)).connect())
                .contains("requestTimeout must be from 100ms to 1h, but is PT0.099S"));
        assertTrue(refusal(() -> builder()
                        .requestTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .connect())
                .contains("requestTimeout must be"));
        assertTrue(refusal(() -> builder().requestTimeout(Duration.ofHours(2)).connect())
                .contains("requestTimeout"));
    }

    @Test
    void aClientAndEndpointsAreNotMixed() {
        try (Client client = Client.builder().endpoints(ENDPOINT).build()) {
            assertTrue(refusal(() -> builder().client(client).connect()).contains("not both"));
        }
    }

    @Test
    void closedLocksOpenNoMore() {
        EtcdLocks locks = builder().connect();
        locks.close();
        locks.close();
        assertThrows(IllegalStateException.class, () -> locks.lock("demo", "a"));
    }

    @Test
    void nothingShowsThePassword() {
        try (EtcdLocks locks = builder().user("pat", "s3cret").connect();
                ResourceLock lock = locks.lock("demo", "a")) {
            assertFalse((locks.toString() + lock + lock.describe()).contains("s3cret"));
            assertEquals("demo (etcd key /registry/leaderelection/demo at " + ENDPOINT + ")", lock.describe());
        }
    }

    @Test
    void userAndPasswordGoTogetherInSettings() {
        for (String given : new String[] {"user", "password"}) {
            LockSettings settings =
                    new LockSettings("etcd", "demo", "a", Map.of("endpoints", ENDPOINT, given, "s3cret"));
            String refusal = refusal(() -> new EtcdLockProvider().open(settings));
            assertTrue(refusal.contains("leaderelection.etcd.user and leaderelection.etcd.password"), refusal);
            assertFalse(refusal.contains("s3cret"), refusal);
        }
    }

    @Test
    void allSettingsAreUnderstood(@TempDir Path directory) {
        TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "pat");
        LockSettings settings = new LockSettings(
                "etcd",
                "demo",
                "a",
                Map.of(
                        "endpoints", "https://127.0.0.1:1, https://127.0.0.1:2",
                        "prefix", "/elsewhere",
                        "user", "pat",
                        "password", "s3cret",
                        "tls-directory", directory.toString(),
                        "request-timeout", "500ms",
                        "leases", "session"));
        try (ResourceLock lock = new EtcdLockProvider().open(settings)) {
            assertEquals("demo (etcd key /elsewhere/demo at https://127.0.0.1:1,https://127.0.0.1:2)", lock.describe());
            assertTrue(lock.capabilities().sessions());
        }
    }

    @Test
    void leasesThatAreNeitherAreRefusedByTheirFullKey() {
        LockSettings settings =
                new LockSettings("etcd", "demo", "a", Map.of("endpoints", ENDPOINT, "leases", "Session"));
        assertEquals(
                "leaderelection.etcd.leases: expected session or observed, but came 'Session'",
                refusal(() -> new EtcdLockProvider().open(settings)));
    }

    @Test
    void sessionsHoldRecordsByDefaultAndAllLocksCanFollowThem() {
        try (ResourceLock lock = builder().lock("demo", "a");
                ResourceLock chosen = builder().leases(Leases.OBSERVED).lock("demo", "a")) {
            assertTrue(lock.capabilities().sessions());
            assertFalse(chosen.capabilities().sessions());
            assertTrue(lock.sessions().isPresent());
            assertTrue(chosen.sessions().isPresent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".sessions", ".sessions/", "/.sessions/0123456789abcdef", "x/.././/.sessions/x"})
    void namesThatWouldMeetTheSessionsOfClientsAreRefused(String name) {
        String refusal = refusal(() -> builder().lock(name, "a"));
        assertTrue(refusal.contains("below /registry/leaderelection/.sessions/ are the sessions"), refusal);
        assertTrue(refusal.contains("'" + name + "'"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {".sessions-of-mine", "demo/.sessions/x", "sessions"})
    void namesThatOnlyLookLikeSessionsAreFine(String name) {
        try (ResourceLock lock = builder().lock(name, "a")) {
            assertTrue(lock.describe().contains(name));
        }
    }
}
