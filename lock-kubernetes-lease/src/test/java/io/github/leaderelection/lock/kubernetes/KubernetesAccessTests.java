package io.github.leaderelection.lock.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found where nothing is given. */
class KubernetesAccessTests {

    private static final Map<String, String> IN_A_POD =
            Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "6443");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private Path serviceAccount = Path.of("");
    private Path home = Path.of("");

    @BeforeEach
    void makeDirectories() throws IOException {
        serviceAccount = Files.createDirectory(directory.resolve("serviceaccount"));
        home = Files.createDirectory(directory.resolve("home"));
    }

    private void mount(String namespace) throws IOException {
        Files.writeString(serviceAccount.resolve("token"), "first\n");
        Files.writeString(serviceAccount.resolve("ca.crt"), "");
        Files.writeString(serviceAccount.resolve("namespace"), namespace);
    }

    private static Path kubeconfig(Path file, String namespace) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u, namespace: %s}}]
                clusters: [{name: k, cluster: {server: 'https://10.0.0.2:6443'}}]
                users: [{name: u, user: {token: t}}]
                """.formatted(namespace));
    }

    private KubernetesAccess found(Map<String, String> environment) {
        return KubernetesAccess.found(environment, serviceAccount, home);
    }

    /** What a header cannot hold would be shown in the error of the JDK's client. */
    @Test
    void whatIsNoTokenIsRefusedAndNotShown() throws IOException {
        Path file = directory.resolve("token");
        for (String noToken : new String[] {"hush\nhush", "hush hush", "hush\u00e9", "x".repeat(65_537)}) {
            Files.writeString(file, noToken);
            IllegalArgumentException ofFile =
                    assertThrows(IllegalArgumentException.class, () -> new TokenFile(file).getToken());
            assertFalse(ofFile.toString().contains("hush"), ofFile.toString());
        }
        IllegalArgumentException ofText = assertThrows(
                IllegalArgumentException.class,
                () -> KubernetesAccess.ofUrl(
                        "https://127.0.0.1:1", new KubernetesAccess.Credentials("hush\nhush", null, null, null)));
        assertFalse(ofText.toString().contains("hush"), ofText.toString());
    }

    /** What reads YAML says where it failed with an excerpt. */
    @Test
    void aKubeconfigThatCannotBeReadIsNotShown() throws IOException {
        for (String broken : new String[] {
            "users: [{name: u, user: {token: hush}}\n  ]]",
            "users:\n- name: u\n  user:\n    token: hush\n   x: [",
            "users: hush",
            "users: [{name: u, user: hush}]",
            "a: &hush [*hushed]"
        }) {
            Path file = Files.writeString(directory.resolve("broken"), broken);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> KubernetesAccess.ofKubeconfig(file));
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                assertFalse(cause.toString().contains("hush"), cause.toString());
            }
        }
    }

    @Test
    void aKubeconfigThatIsTooLargeIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("large"), "#".repeat((1 << 20) + 1));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> KubernetesAccess.ofKubeconfig(file));
        assertTrue(refused.toString().contains("has more than 1048576 bytes"), refused.toString());
    }

    @Test
    void aPodFindsItsServiceAccount() throws IOException {
        mount("team\n");
        kubeconfig(home.resolve(".kube/config"), "other");
        KubernetesAccess access = found(IN_A_POD);
        assertEquals("https://10.0.0.1:6443", access.url());
        assertEquals(Optional.of("team"), access.namespace());
        assertEquals("first", access.config().getOauthTokenProvider().getToken());
        Files.writeString(serviceAccount.resolve("token"), "second\n");
        assertEquals("second", access.config().getOauthTokenProvider().getToken());
    }

    @Test
    void aPodOnIpv6FindsItsServiceAccount() throws IOException {
        mount("");
        KubernetesAccess access = found(Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"));
        assertEquals("https://[fd00::1]:443", access.url());
        assertEquals(Optional.empty(), access.namespace());
    }

    @Test
    void elsewhereTheKubeconfigOfTheEnvironmentCountsAndThenThatOfTheHome() throws IOException {
        kubeconfig(home.resolve(".kube/config"), "at-home");
        assertEquals(Optional.of("at-home"), found(Map.of()).namespace());
        Path named = kubeconfig(directory.resolve("named"), "named");
        KubernetesAccess access = found(Map.of("KUBECONFIG", named.toString()));
        assertEquals(Optional.of("named"), access.namespace());
        assertEquals("https://10.0.0.2:6443", access.url());
    }

    @Test
    void aKubeconfigThatTheEnvironmentNamesHasToBeThere() {
        Map<String, String> environment =
                Map.of("KUBECONFIG", directory.resolve("absent").toString());
        assertThrows(IllegalArgumentException.class, () -> found(environment));
    }

    @Test
    void whereNothingIsFoundItIsSaidWhatWasLookedFor() {
        String refusal = String.valueOf(assertThrows(IllegalArgumentException.class, () -> found(IN_A_POD))
                .getMessage());
        assertTrue(refusal.contains("KUBERNETES_SERVICE_HOST is set"), refusal);
        assertTrue(refusal.contains(serviceAccount.resolve("token") + " is not there"), refusal);
        assertTrue(refusal.contains(home.resolve(".kube/config").toString()), refusal);
    }
}
