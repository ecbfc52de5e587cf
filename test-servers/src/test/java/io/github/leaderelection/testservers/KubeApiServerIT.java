package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.testcalls.Eventually;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kube-apiserver, and what can be done to it. */
class KubeApiServerIT {

    private static final String HELD = "{\"spec\":{\"holderIdentity\":\"a\",\"leaseDurationSeconds\":15}}";

    /** Of writes: by more than this, no start of a server differs from another. */
    private static final int SOME_MORE = 300;

    private static final String HELD_BY_ANOTHER = HELD.replace("\"a\"", "\"b\"");

    private static String freshNamespace(KubeApiServer server) {
        String namespace = "namespace-" + UUID.randomUUID();
        server.createNamespace(namespace);
        return namespace;
    }

    private static String leases(String namespace) {
        return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
    }

    private static int readAs(String token, KubeApiServer server, String namespace, String name) {
        return server.send(token, "GET", leases(namespace) + "/" + name, "").status();
    }

    @Test
    void aLeaseIsWrittenReadAndDeleted() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        assertEquals(Optional.empty(), server.get(namespace, "leader"));
        KubeLease first = server.put(namespace, "leader", HELD);
        assertEquals("{\"holderIdentity\":\"a\",\"leaseDurationSeconds\":15}", first.spec());
        assertEquals(first, server.get(namespace, "leader").orElseThrow());
        KubeLease second = server.put(namespace, "leader", HELD_BY_ANOTHER);
        assertEquals(first.uid(), second.uid());
        assertTrue(Long.parseLong(second.resourceVersion()) > Long.parseLong(first.resourceVersion()));
        server.delete(namespace, "leader");
        server.delete(namespace, "leader");
        assertEquals(Optional.empty(), server.get(namespace, "leader"));
    }

    @Test
    void aWriteThatChangesNothingHasNoVersionOfItsOwn() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        KubeLease first = server.put(namespace, "leader", HELD);
        assertEquals(first, server.put(namespace, "leader", HELD));
    }

    @Test
    void aStrangerIsRefusedUntilTheRightIsGranted() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        KubeUser user = server.freshUser();
        server.put(namespace, "leader", HELD);
        assertEquals(401, readAs("no-such-token", server, namespace, "leader"));
        assertEquals(403, readAs(user.token(), server, namespace, "leader"));
        server.rights().revoke(user.name(), namespace);

        server.rights().grant(user.name(), namespace, KubeRule.lease("leader", "get"));
        assertEquals(200, readAs(user.token(), server, namespace, "leader"));
        assertEquals(403, readAs(user.token(), server, namespace, "other"));
        assertTrue(server.rights().allows(user.name(), namespace, KubeRule.lease("leader", "get")));
        assertFalse(server.rights().allows(user.name(), namespace, KubeRule.leases("get")));

        server.rights().grant(user.name(), namespace, KubeRule.leases("create"), KubeRule.events("create"));
        assertEquals(403, readAs(user.token(), server, namespace, "leader"));
        server.rights().grant(user.name(), namespace, KubeRule.leases("get", "create"));
        assertEquals(404, readAs(user.token(), server, namespace, "other"));

        server.rights().revoke(user.name(), namespace);
        assertEquals(403, readAs(user.token(), server, namespace, "leader"));
    }

    @Test
    void usersDiffer() {
        KubeUser user = KubeApiServer.shared().freshUser();
        KubeUser other = KubeApiServer.shared().freshUser();
        assertNotEquals(user.name(), other.name());
        assertNotEquals(user.token(), other.token());
    }

    @Test
    void tokensOfAServiceAccountAuthenticateUntilItIsDeleted() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        server.put(namespace, "leader", HELD);
        String first = server.serviceAccountToken(namespace, "elector");
        String second = server.serviceAccountToken(namespace, "elector");
        assertNotEquals(first, second);
        assertEquals(403, readAs(first, server, namespace, "leader"));
        String user = "system:serviceaccount:" + namespace + ":elector";
        server.rights().grant(user, namespace, KubeRule.leases("get"));
        assertEquals(200, readAs(first, server, namespace, "leader"));
        server.deleteServiceAccount(namespace, "elector");
        server.deleteServiceAccount(namespace, "elector");
        // The first would go on for 10 s, because the server remembers that it accepted it.
        Eventually.isTrue(
                "the tokens of a deleted account are refused",
                () -> readAs(second, server, namespace, "leader") == 401);
    }

    @Test
    void aClientCertificateAuthenticates(@TempDir Path directory) {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        server.put(namespace, "leader", HELD);
        String name = "certified-" + UUID.randomUUID();
        server.authority().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, name);
        assertEquals(403, readWithCertificate(directory, server, namespace));
        server.rights().grant(name, namespace, KubeRule.lease("leader", "get"));
        assertEquals(200, readWithCertificate(directory, server, namespace));
        // A certificate of another authority is not even offered by the client, so that nobody in particular is asking.
        TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, name);
        assertEquals(403, readWithCertificate(directory, server, namespace));
    }

    /** Trusts the authority of the server, which need not be that of the certificate. */
    private static int readWithCertificate(Path files, KubeApiServer server, String namespace) {
        return TlsClient.status(
                server.caFile(),
                files.resolve("client.pem"),
                files.resolve("client-key.pem"),
                server.url() + leases(namespace) + "/leader");
    }

    @Test
    void manifestsAreAppliedAndAppliedAgain() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        String manifest = """
                {"apiVersion": "v1", "kind": "List", "items": [
                 {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "elector"}},
                 {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "electing"},
                  "rules": [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["update"]}]},
                 {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "electing"},
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "electing"},
                  "subjects": [{"kind": "ServiceAccount", "name": "elector", "namespace": "NAMESPACE"}]}]}
                """.replace("NAMESPACE", namespace);
        server.apply(namespace, manifest);
        server.apply(namespace, manifest);
        String user = "system:serviceaccount:" + namespace + ":elector";
        Eventually.isTrue(
                "an applied role takes effect",
                () -> server.rights().allows(user, namespace, KubeRule.leases("update")));
        assertFalse(server.rights().allows(user, namespace, KubeRule.leases("delete")));
        assertThrows(IllegalStateException.class, () -> server.apply("elsewhere", manifest));
        String unknown = "{\"apiVersion\": \"v1\", \"kind\": \"Unheard\", \"metadata\": {\"name\": \"x\"}}";
        assertThrows(IllegalArgumentException.class, () -> server.apply(namespace, unknown));
    }

    @Test
    void eventsAreRead() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        assertEquals(List.of(), server.events(namespace));
        server.apply(namespace, """
                {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "leader.1"}, "reason": "LeaderElection",
                 "message": "a became leader", "type": "Normal", "involvedObject":
                 {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "name": "leader", "namespace": "NAMESPACE"}}
                """.replace("NAMESPACE", namespace));
        assertEquals(List.of(new KubeEvent("LeaderElection", "a became leader", "leader")), server.events(namespace));
    }

    @Test
    void aCorruptLeaseIsServedAndCanBeWrittenOver() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        assertTrue(server.corrupt(namespace, "absent").spec().contains("\"leaseDurationSeconds\":-5"));
        KubeLease before = server.put(namespace, "leader", HELD);
        KubeLease corrupt = server.corrupt(namespace, "leader");
        assertTrue(corrupt.spec().contains("\"leaseDurationSeconds\":-5"));
        assertEquals(before.uid(), corrupt.uid());
        assertNotEquals(before.resourceVersion(), corrupt.resourceVersion());
        assertThrows(IllegalStateException.class, () -> server.put(namespace, "other", corrupt.json()));
        assertEquals(before.spec(), server.put(namespace, "leader", HELD).spec());
    }

    @Test
    void requestsAreCountedByVerb() {
        KubeApiServer server = KubeApiServer.shared();
        String namespace = freshNamespace(server);
        Map<String, Long> before = server.requestCounts();
        server.put(namespace, "leader", HELD);
        server.put(namespace, "leader", HELD_BY_ANOTHER);
        server.delete(namespace, "leader");
        server.send(server.adminToken(), "GET", leases(namespace), "");
        Map<String, Long> after = server.requestCounts();
        assertEquals(2, grownBy("GET", before, after));
        assertEquals(1, grownBy("POST", before, after));
        assertEquals(1, grownBy("PUT", before, after));
        assertEquals(1, grownBy("DELETE", before, after));
        assertEquals(1, grownBy("LIST", before, after));
        assertEquals(0, grownBy("WATCH", before, after));
    }

    private static long grownBy(String verb, Map<String, Long> before, Map<String, Long> after) {
        return after.getOrDefault(verb, 0L) - before.getOrDefault(verb, 0L);
    }

    @Test
    void watchesAreSeenWhileTheyAreOpenAndCountedWhenTheyEnd() {
        KubeApiServer server = KubeApiServer.shared();
        String watch = leases(freshNamespace(server)) + "?watch=true&timeoutSeconds=1";
        long open = server.openWatches();
        Map<String, Long> before = server.requestCounts();
        CompletableFuture<KubeReply> reply =
                CompletableFuture.supplyAsync(() -> server.send(server.adminToken(), "GET", watch, ""));
        Eventually.isTrue("an open watch is seen", () -> server.openWatches() == open + 1);
        assertEquals(0, grownBy("WATCH", before, server.requestCounts()));
        assertEquals(200, reply.join().status());
        Eventually.isTrue("a watch ends", () -> server.openWatches() == open);
        assertEquals(1, grownBy("WATCH", before, server.requestCounts()));
    }

    /** The version of the last of so many new Leases. */
    private static String lastOf(int count, KubeApiServer server) {
        String version = "";
        for (int i = 0; i < count; i++) {
            version = server.put("default", "more-" + i, HELD).resourceVersion();
        }
        return version;
    }

    @Test
    void dataSurvivesARestartAndNotAnEmptyOne() {
        try (KubeApiServer server =
                KubeApiServer.builder().user("somebody", "secret-1").start()) {
            String url = server.url();
            KubeLease lease = server.put("default", "leader", HELD);
            String account = server.serviceAccountToken("default", "elector");
            server.rights().grant("somebody", "default", KubeRule.leases("get"));
            server.kill();
            assertThrows(UncheckedIOException.class, () -> server.get("default", "leader"));
            server.restart();
            assertEquals(lease, server.get("default", "leader").orElseThrow());
            assertEquals(200, readAs("secret-1", server, "default", "leader"));
            assertEquals(403, readAs(account, server, "default", "leader"));
            String later = lastOf(SOME_MORE, server);
            server.restart();
            server.restartEmpty();
            assertEquals(Optional.empty(), server.get("default", "leader"));
            assertEquals(403, readAs("secret-1", server, "default", "leader"));
            assertEquals(401, readAs(account, server, "default", "leader"));
            KubeLease again = server.put("default", "leader", HELD);
            assertTrue(Long.parseLong(again.resourceVersion()) < Long.parseLong(later));
            assertEquals(url, server.url());
        }
    }

    @Test
    void aPausedServerKeepsItsConnectionsAndCanBeClosed() throws Exception {
        try (KubeApiServer server = KubeApiServer.start()) {
            server.pause();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                assertTrue(socket.isConnected());
            }
            server.resume();
            server.put("default", "leader", HELD);
            server.etcd().kill();
            server.etcd().restart();
            Eventually.isTrue("the server finds its etcd again", () -> answers(server));
            server.etcd().pause();
            server.pause();
        }
    }

    private static boolean answers(KubeApiServer server) {
        return readAs(server.adminToken(), server, "default", "leader") == 200;
    }

    @Test
    void aServerThatDoesNotStartSaysWhy() {
        KubeApiServer.Builder wrong = KubeApiServer.builder().flag("--no-such-flag", "1");
        String message = String.valueOf(
                assertThrows(IllegalStateException.class, wrong::start).getMessage());
        assertTrue(message.contains("no-such-flag"), message);
    }

    @Test
    void namesThatTheFileOfTokensCannotHoldAreRefused() {
        KubeApiServer.Builder builder = KubeApiServer.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.user("a,b", "token"));
        assertThrows(IllegalArgumentException.class, () -> builder.user("a", "to\nken"));
    }

    @Test
    void theSharedServerIsOne() {
        assertEquals(KubeApiServer.shared().url(), KubeApiServer.shared().url());
    }
}
