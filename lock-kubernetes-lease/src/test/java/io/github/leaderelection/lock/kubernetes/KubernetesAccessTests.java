package io.github.leaderelection.lock.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
