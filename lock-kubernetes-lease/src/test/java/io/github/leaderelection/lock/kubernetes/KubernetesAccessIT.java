package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.KubeRule;
import io.github.leaderelection.testservers.KubeUser;
import io.github.leaderelection.testservers.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what, and how a client shows who it is. */
class KubernetesAccessIT {

    private static final String NAMESPACE = "default";

    private final KubeApiServer server = KubeApiServer.shared();
    private final String election = freshElection();

    private KubernetesLeaseLocks.Builder builder() {
        return KubernetesLeaseLocks.builder()
                .url(server.url())
                .caFile(server.caFile())
                .namespace(NAMESPACE);
    }

    /** Somebody with all verbs on Leases but one. */
    private KubeUser userWithout(Verb missing) {
        KubeUser user = server.freshUser();
        List<String> verbs = new ArrayList<>();
        for (Verb verb : Verb.values()) {
            if (verb != missing) {
                verbs.add(verb.word());
            }
        }
        server.rights().grant(user.name(), NAMESPACE, KubeRule.leases(verbs.toArray(String[]::new)));
        return user;
    }

    private static void assertNames(Verb verb, LockException denied) {
        String message = String.valueOf(denied.getMessage());
        assertTrue(
                message.contains(
                        "may not " + verb.word() + " leases.coordination.k8s.io in namespace " + NAMESPACE + ": 403"),
                message);
    }

    @Test
    void withoutTheRightToGetAReadIsDeniedAndSaysSo() {
        try (ResourceLock lock = builder().token(userWithout(Verb.GET).token()).lock(election, "a")) {
            assertNames(Verb.GET, failure(LockDeniedException.class, lock.get()));
        }
    }

    @Test
    void withoutTheRightToCreateACreationIsDeniedAndSaysSo() {
        try (ResourceLock lock =
                builder().token(userWithout(Verb.CREATE).token()).lock(election, "a")) {
            assertNames(Verb.CREATE, failure(LockDeniedException.class, lock.create(heldBy("a"))));
            assertTrue(read(lock).isEmpty());
        }
    }

    @Test
    void withoutTheRightToUpdateAnUpdateIsDeniedAndSaysSo() {
        try (ResourceLock lock =
                builder().token(userWithout(Verb.UPDATE).token()).lock(election, "a")) {
            LockVersion created = written(lock.create(heldBy("a")));
            assertNames(Verb.UPDATE, failure(LockDeniedException.class, lock.update(heldBy("b"), created)));
            assertEquals(created, read(lock).orElseThrow().version());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LIST", "WATCH"})
    void withoutTheRightToListOrWatchAWatchBreaksAndSaysSoAndTheRestWorks(Verb missing) {
        try (ResourceLock lock = builder().token(userWithout(missing).token()).lock(election, "a")) {
            Broken broken = new Broken();
            lock.watch(broken);
            assertNames(missing, broken.cause());
            written(lock.update(heldBy("b"), written(lock.create(heldBy("a")))));
            assertEquals("b", read(lock).orElseThrow().record().holderIdentity());
        }
    }

    @Test
    void aTokenThatNobodyHasIsDeniedAndNotShown() {
        try (ResourceLock lock = builder().token("s3cret").lock(election, "a")) {
            for (CompletionStage<?> call : List.of(lock.get(), lock.create(heldBy("a")))) {
                String message =
                        String.valueOf(failure(LockDeniedException.class, call).getMessage());
                assertTrue(message.contains("does not know this client: 401") && !message.contains("s3cret"), message);
            }
        }
    }

    /** Pain 14: the kubelet replaces the token in the file before it expires; a token whose account has gone is refused. */
    @Test
    void aTokenThatIsReplacedInItsFileIsUsedForTheNextRequest(@TempDir Path directory) throws IOException {
        String account = "account-" + election;
        String first = server.serviceAccountToken(NAMESPACE, account);
        server.rights()
                .grant(
                        "system:serviceaccount:" + NAMESPACE + ":" + account,
                        NAMESPACE,
                        KubeRule.leases("get", "list", "watch", "create", "update"));
        Path file = Files.writeString(directory.resolve("token"), first + "\n");
        try (ResourceLock lock = builder().tokenFile(file).lock(election, "a")) {
            LockVersion created = written(lock.create(heldBy("a")));
            Files.writeString(file, "expired");
            failure(LockDeniedException.class, lock.get());
            Files.delete(file);
            String message = String.valueOf(failure(LockUnavailableException.class, lock.update(heldBy("b"), created))
                    .getMessage());
            assertTrue(message.contains(file + " is not there"), message);
            Files.writeString(file, server.serviceAccountToken(NAMESPACE, account));
            written(lock.update(heldBy("b"), created));
        }
    }

    @ParameterizedTest
    @EnumSource
    void certificatesOfEachFormAreTaken(TestCertificates.KeyFormat format, @TempDir Path directory) {
        KubeUser user = userWithout(Verb.LIST);
        Path files = server.authority().writeClient(directory, format, user.name());
        try (ResourceLock lock = KubernetesLeaseLocks.builder()
                .url(server.url())
                .tls(TlsConfig.fromDirectory(files))
                .namespace(NAMESPACE)
                .lock(election, "a")) {
            written(lock.create(heldBy("a")));
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrustedAndNothingIsSentToIt(@TempDir Path directory) {
        Path files = TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "anybody");
        try (ResourceLock lock = KubernetesLeaseLocks.builder()
                .url(server.url())
                .caFile(files.resolve("ca.pem"))
                .token(server.adminToken())
                .lock(election, "a")) {
            String message = String.valueOf(failure(LockUnavailableException.class, lock.create(heldBy("a")))
                    .getMessage());
            assertTrue(message.contains("see that the CA file is that of this cluster"), message);
        }
        assertTrue(server.get(NAMESPACE, election).isEmpty());
    }

    @Test
    void aKubeconfigIsAWayIn(@TempDir Path directory) throws IOException {
        server.createNamespace("team-" + election.substring(0, 20));
        Path kubeconfig = Files.writeString(directory.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: k, user: u, namespace: %s}}]
                clusters: [{name: k, cluster: {server: '%s', certificate-authority: '%s'}}]
                users: [{name: u, user: {token: %s}}]
                """.formatted(
                        "team-" + election.substring(0, 20), server.url(), server.caFile(), server.adminToken()));
        try (ResourceLock lock =
                KubernetesLeaseLocks.builder().kubeconfig(kubeconfig).lock(election, "a")) {
            written(lock.create(heldBy("a")));
            Told told = new Told();
            lock.watch(told);
            told.await("a");
        }
        assertTrue(server.get("team-" + election.substring(0, 20), election).isPresent());
    }

    @Test
    void aNamespaceThatIsNotThereIsNamed() {
        try (ResourceLock lock =
                builder().namespace("nowhere").token(server.adminToken()).lock(election, "a")) {
            assertTrue(read(lock).isEmpty());
            String message = String.valueOf(failure(LockUnavailableException.class, lock.create(heldBy("a")))
                    .getMessage());
            assertTrue(message.contains("create that namespace"), message);
        }
    }

    @Test
    void aUrlThatLeadsElsewhereIsNamedAsThat() {
        try (ResourceLock lock = builder()
                .url(server.url() + "/elsewhere")
                .token(server.adminToken())
                .lock(election, "a")) {
            String message = String.valueOf(
                    failure(LockUnavailableException.class, lock.get()).getMessage());
            assertTrue(message.contains("that of a Kubernetes API server"), message);
        }
    }

    /** Its retries would repeat a write; its namespace counts; it is not closed. */
    @Test
    void aClientThatIsHandedInIsUsedWithItsNamespaceAndLeftOpen() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withCaCertFile(server.caFile().toString())
                .withOauthToken(server.adminToken())
                .withNamespace("kube-public")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            try (KubernetesLeaseLocks locks =
                    KubernetesLeaseLocks.builder().client(client).connect()) {
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
            assertTrue(server.get("kube-public", election).isPresent());
            assertFalse(client.getHttpClient().isClosed());
        }
    }
}
