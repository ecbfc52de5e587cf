package io.github.leaderelection.lock.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that make no sense are refused at once, by name; and none of this needs an API server. */
class KubernetesLeaseLocksTests {

    private static final String NOBODY = "https://127.0.0.1:1";

    private static String refusal(Executable settings) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, settings).getMessage());
    }

    private static KubernetesLeaseLocks.Builder builder() {
        return KubernetesLeaseLocks.builder().url(NOBODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:6443", "ftp://127.0.0.1", "https://", "https://h/?q", "https://u:s3cret@h", "a b"})
    void urlsThatAreNoneAreRefusedAndSecretsInThemNotShown(String url) {
        String refusal = refusal(() -> KubernetesLeaseLocks.builder().url(url).connect());
        assertTrue(refusal.contains("url must look like"), refusal);
        assertFalse(refusal.contains("s3cret"), refusal);
    }

    @Test
    void nothingSecretIsSentInTheClear() {
        String refusal = refusal(() -> KubernetesLeaseLocks.builder()
                .url("http://127.0.0.1:8080")
                .token("s3cret")
                .connect());
        assertTrue(refusal.contains("not https"), refusal);
        assertFalse(refusal.contains("s3cret"), refusal);
    }

    @Test
    void whatExcludesEachOtherIsRefused(@TempDir Path directory) throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "t");
        assertTrue(
                refusal(() -> builder().token("t").tokenFile(token).connect()).contains("token and tokenFile"));
        assertTrue(refusal(() -> builder().kubeconfig(token).connect()).contains("more than one is given"));
        assertTrue(refusal(() -> KubernetesLeaseLocks.builder().token("t").connect())
                .contains("what goes with a url is given without it"));
    }

    @Test
    void aTokenThatIsNoneIsRefused(@TempDir Path directory) throws IOException {
        assertTrue(refusal(() -> builder().token(" ").connect()).contains("token must not be blank"));
        Path absent = directory.resolve("absent");
        assertTrue(refusal(() -> builder().tokenFile(absent).connect()).contains(absent + " is not there"));
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        assertTrue(refusal(() -> builder().tokenFile(empty).connect()).contains(empty + " is empty"));
    }

    @Test
    void aCaFileOrKubeconfigThatIsAbsentIsNamed(@TempDir Path directory) {
        Path absent = directory.resolve("absent");
        assertTrue(refusal(() -> builder().caFile(absent).connect()).contains("caFile " + absent + " is not there"));
        assertTrue(
                refusal(() -> KubernetesLeaseLocks.builder().kubeconfig(absent).connect())
                        .contains("kubeconfig " + absent + " is not there"));
    }

    @Test
    void aKubeconfigThatIsNoneOrHasNoContextIsRefused(@TempDir Path directory) throws IOException {
        Path garbage = Files.writeString(directory.resolve("garbage"), ": : {");
        assertTrue(
                refusal(() -> KubernetesLeaseLocks.builder().kubeconfig(garbage).connect())
                        .contains("kubeconfig " + garbage));
        Path empty = Files.writeString(directory.resolve("empty"), "apiVersion: v1\nkind: Config\n");
        assertTrue(
                refusal(() -> KubernetesLeaseLocks.builder().kubeconfig(empty).connect())
                        .contains("has no current context"));
    }

    @Test
    void durationsAndNamespacesThatMakeNoSenseAreRefusedByName() {
        assertTrue(refusal(() -> builder()
                        .requestTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .connect())
                .contains("requestTimeout must be"));
        assertTrue(refusal(() -> builder().requestTimeout(Duration.ofMillis(99)).connect())
                .contains("requestTimeout must be from 100ms to 1h, but is PT0.099S"));
        assertTrue(refusal(() -> builder().namespace("../secrets").connect()).contains("namespace '../secrets'"));
    }

    @ParameterizedTest
    @CsvSource({"demo/leader, demo.leader", "/a/b/, a.b", "scheduler, scheduler", "a.b-c, a.b-c"})
    void theNameOfTheLeaseIsThatOfTheElectionWithDotsForSlashes(String name, String lease) {
        assertEquals(lease, LeasePaths.of("default", name).lease());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/", "Demo", "a_b", "-a", "a/-b", "a..b", "a/./b", "a?watch=true", "a%2f"})
    void namesThatMakeNoLeaseAreRefused(String name) {
        try (KubernetesLeaseLocks locks = builder().connect()) {
            assertTrue(refusal(() -> locks.lock(name, "a")).contains("makes no name of a Lease"));
        }
    }

    @Test
    void anIdentityThatIsBlankIsRefusedAndLocksThatAreClosedOpenNothing() {
        KubernetesLeaseLocks locks = builder().connect();
        assertTrue(refusal(() -> locks.lock("demo", " ")).contains("identity must not be blank"));
        locks.close();
        locks.close();
        assertThrows(IllegalStateException.class, () -> locks.lock("demo", "a"));
    }

    @Test
    void labelsThatAreNoneAreRefusedByTheirKey() {
        LockSettings settings =
                new LockSettings("kubernetes-lease", "demo", "a", Map.of("url", NOBODY, "labels", "a=b,c"));
        String refusal = refusal(() -> new KubernetesLeaseLockProvider().open(settings));
        assertTrue(refusal.startsWith("leaderelection.kubernetes-lease.labels must look like"), refusal);
    }

    @Test
    void whatALockIsShownAsTellsWhereItIsAndNoSecret() {
        try (ResourceLock lock = builder().token("s3cret").namespace("apps").lock("demo/leader", "a")) {
            String shown = lock.describe() + lock;
            assertTrue(shown.contains("demo/leader (Lease demo.leader in namespace apps at " + NOBODY + ")"), shown);
            assertFalse(shown.contains("s3cret"), shown);
        }
    }
}
