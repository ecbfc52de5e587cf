package io.github.leaderelection.it;

import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.KubeLease;
import io.github.leaderelection.testservers.KubeRule;
import io.github.leaderelection.testservers.TestCertificates;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One API server of Kubernetes, with an etcd behind it that lives on when the API server is killed. */
final class KubernetesBackend implements Backend {

    /** The one that an API server makes by itself, also when it has lost its data. */
    private static final String NAMESPACE = "default";

    private static final String USER = "candidate";

    private final KubeApiServer server;
    private final Map<String, String> settings;

    private KubernetesBackend(KubeApiServer server, Map<String, String> more) {
        this.server = server;
        this.settings = new HashMap<>(more);
        settings.put("leaderelection.lock", "kubernetes-lease");
        settings.put("leaderelection.kubernetes-lease.url", server.url());
        settings.put("leaderelection.kubernetes-lease.namespace", NAMESPACE);
    }

    static KubernetesBackend start() {
        KubeApiServer server = KubeApiServer.start();
        return withToken(server, server.adminToken());
    }

    private static KubernetesBackend withToken(KubeApiServer server, String token) {
        return new KubernetesBackend(
                server,
                Map.of(
                        "leaderelection.kubernetes-lease.token",
                        token,
                        "leaderelection.kubernetes-lease.ca-file",
                        server.caFile().toString()));
    }

    static KubernetesBackend startWithToken(String token) {
        KubeApiServer server = KubeApiServer.builder().user(USER, token).start();
        grant(server);
        return withToken(server, token);
    }

    /** A client's certificate names its user. */
    static KubernetesBackend startWithTls(TestCertificates authority) {
        KubeApiServer server = KubeApiServer.builder().authority(authority).start();
        grant(server);
        return new KubernetesBackend(server, Map.of());
    }

    private static void grant(KubeApiServer server) {
        server.rights().grant(USER, NAMESPACE, KubeRule.leases("get", "list", "watch", "create", "update"));
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    @Override
    public Map<String, String> settingsAt(int port) {
        return with("url", "https://127.0.0.1:" + port);
    }

    @Override
    public Map<String, String> settingsWithPassword(String password) {
        return with("token", password);
    }

    @Override
    public Map<String, String> settingsWithTls(Path directory) {
        return with("tls-directory", directory.toString());
    }

    private Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.put("leaderelection.kubernetes-lease." + key, value);
        return Map.copyOf(changed);
    }

    private static String lease(String election) {
        return election.replace('/', '.');
    }

    @Override
    public Optional<StoredRecord> readRecord(String election) {
        return server.get(NAMESPACE, lease(election)).map(KubernetesBackend::stored);
    }

    private static StoredRecord stored(KubeLease lease) {
        return StoredRecord.parse(lease.resourceVersion(), lease.json());
    }

    @Override
    public Map<String, Long> requestCounts() {
        return server.requestCounts();
    }

    @Override
    public void delete(String election) {
        server.delete(NAMESPACE, lease(election));
    }

    @Override
    public void corrupt(String election) {
        server.corrupt(NAMESPACE, lease(election));
    }

    @Override
    public void writeElsewhere() {
        server.put(NAMESPACE, "elsewhere", "{\"spec\":{\"holderIdentity\":\"" + UUID.randomUUID() + "\"}}");
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public void restartEmpty() {
        server.restartEmpty();
    }

    @Override
    public void close() {
        server.close();
    }
}
