package io.github.leaderelection.testservers;

import com.google.gson.JsonParser;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One real kube-apiserver on a free port of 127.0.0.1, with an etcd of its own behind it: role-based access, static tokens,
 * tokens of service accounts, and certificates of an authority of its own. A test that starts one where there is none is
 * skipped, or fails if the system property {@code leaderelection.requireServers} is true. There are no controllers: nobody
 * empties a deleted namespace or runs what a Deployment describes.
 *
 * <p>For one test at a time: methods that change its state come from one thread. What looks at the data goes through plain
 * HTTPS and shares no code with the clients under test.
 */
public final class KubeApiServer implements AutoCloseable {

    /** The shortest that the server signs. */
    public static final Duration TOKEN_LIFETIME_MIN = Duration.ofMinutes(10);

    private static final int STARTS_MAX = 3;
    private static @Nullable KubeApiServer shared;

    private final Builder settings;
    private final Path binary;
    private final EtcdServer etcd;
    private final Path directory;
    private final KubeCredentials credentials;
    private int port;
    private @Nullable ServerProcess process;
    private KubeGateway gateway;

    private KubeApiServer(Builder settings) {
        this.settings = settings;
        this.binary = ServerBinary.KUBE_APISERVER.find();
        // A lone member needs nobody's vote, so that it need not wait a second for others when it restarts.
        this.etcd = EtcdServer.builder()
                .flag("--heartbeat-interval", "20")
                .flag("--election-timeout", "200")
                .start();
        this.directory = ServerDirectory.create("kube-apiserver");
        this.credentials = new KubeCredentials(directory, settings.authority, settings.users);
        this.port = FreePorts.next();
        this.gateway = gatewayOfPort();
    }

    /** A server, started and ready. */
    public static KubeApiServer start() {
        return builder().start();
    }

    /** A server with settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The server that tests of this JVM share: started at the first call, ended with the JVM. Whoever uses it has namespaces
     * and users of its own ({@link #freshUser}) and leaves the server as it is.
     */
    public static synchronized KubeApiServer shared() {
        KubeApiServer server = shared;
        if (server == null) {
            server = start();
            shared = server;
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "test-servers-close-shared"));
        }
        return server;
    }

    /** How a server is started. */
    public static final class Builder {
        private final List<KubeUser> users = new ArrayList<>();
        private final List<String> flags = new ArrayList<>();
        private TestCertificates authority = TestCertificates.create();

        private Builder() {}

        /** Adds a user with a static token, who may do nothing yet. Letters, digits and {@code - . : _} make both. */
        public Builder user(String name, String token) {
            if (!(name + token).matches("[\\w.:-]+")) {
                throw new IllegalArgumentException(
                        "expected letters, digits and - . : _ alone, but was " + name + " with token " + token);
            }
            users.add(new KubeUser(name, token));
            return this;
        }

        /** The authority of the server's certificate and of those that it accepts; one of its own by default. */
        public Builder authority(TestCertificates authority) {
            this.authority = authority;
            return this;
        }

        /** Adds a flag with its value, for example {@code --min-request-timeout} and {@code 5}. */
        public Builder flag(String name, String value) {
            flags.add(name + "=" + value);
            return this;
        }

        /** Starts the server, and its etcd, and waits until it is ready. */
        public KubeApiServer start() {
            KubeApiServer server = new KubeApiServer(this);
            server.startFirst();
            return server;
        }
    }

    private KubeGateway gatewayOfPort() {
        return new KubeGateway(URI.create(url()), credentials.caFile(), credentials.adminToken());
    }

    /** Another process may take a port between its choice and its use; then another is chosen. */
    private void startFirst() {
        for (int i = 1; ; i++) {
            try {
                launch();
                return;
            } catch (IllegalStateException failed) {
                if (i == STARTS_MAX || !String.valueOf(failed.getMessage()).contains("address already in use")) {
                    close();
                    throw failed;
                }
                port = FreePorts.next();
                gateway = gatewayOfPort();
            }
        }
    }

    private void launch() {
        ServerProcess started = ServerProcess.start(command(), directory.resolve("kube-apiserver.log"));
        process = started;
        started.awaitReady("kube-apiserver", gateway::ready);
    }

    /**
     * With the APIs that no test asks for a start takes a third longer, as the server describes each before it serves any.
     * Of the rest, one second is a wait of its own before it writes the first roles, and cannot be had shorter.
     */
    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of("--etcd-servers=" + etcd.endpoint(), "--secure-port=" + port));
        command.addAll(List.of("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"));
        command.addAll(List.of("--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none"));
        command.addAll(List.of("--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount"));
        command.add("--runtime-config=api/beta=false,batch/v1=false,autoscaling/v1=false");
        command.add("--enable-priority-and-fairness=false");
        // Newer servers keep a Lease of their own by default; its requests would be among those that tests count.
        command.add("--feature-gates=APIServerIdentity=false");
        command.addAll(credentials.flags());
        command.addAll(settings.flags);
        return command;
    }

    /** Where clients connect, for example {@code https://127.0.0.1:6443}. */
    public String url() {
        return "https://127.0.0.1:" + port;
    }

    /** The port of {@link #url()}. */
    public int port() {
        return port;
    }

    /** The certificate of the authority, in PEM, by which clients know the server. */
    public Path caFile() {
        return credentials.caFile();
    }

    /** The authority whose client certificates the server accepts; their common name is the user. */
    public TestCertificates authority() {
        return credentials.authority();
    }

    /** The token of a user who may do everything. */
    public String adminToken() {
        return credentials.adminToken();
    }

    /** A user who may do nothing yet, and whom no other test knows. May be called from any thread. */
    public KubeUser freshUser() {
        return credentials.freshUser();
    }

    /** What users may do. */
    public KubeRights rights() {
        return new KubeRights(gateway);
    }

    /** The etcd behind it, to be killed, paused and restarted. */
    public EtcdServer etcd() {
        return etcd;
    }

    private ServerProcess process() {
        ServerProcess current = process;
        if (current == null) {
            throw new IllegalStateException("the server was never started or is closed");
        }
        return current;
    }

    /** Ends the server on the spot; its etcd goes on. */
    public void kill() {
        process().kill();
    }

    /** Freezes the server: connections stay open and nothing answers. Its etcd goes on. */
    public void pause() {
        process().pause();
    }

    /** Ends a {@link #pause()}. */
    public void resume() {
        process().resume();
    }

    /**
     * Starts the server on the same port with the data it had; ends it on the spot before if it runs, for it keeps nothing
     * itself, and would wait for its watches. Its etcd, which must run, goes on.
     */
    public void restart() {
        process().kill();
        launch();
    }

    /** As {@link #restart()}, but all data and rights are gone, and resource versions begin anew. Tokens stay. */
    public void restartEmpty() {
        process().kill();
        etcd.restartEmpty();
        launch();
    }

    /** Makes a namespace, unless it is there. */
    public void createNamespace(String name) {
        new KubeObjects(gateway).createNamespace(name);
    }

    /** What the server answers to whoever has this token, whatever it is; {@code body} may be empty. */
    public KubeReply send(String token, String method, String path, String body) {
        return gateway.send(token, method, path, body);
    }

    /**
     * Makes, as the administrator, what a manifest in JSON describes, a List of several included; what already stands there
     * is replaced. A role takes effect a moment later: see {@link KubeRights#allows}.
     *
     * @param namespace where, for what belongs to a namespace; the manifest may not name another
     */
    public void apply(String namespace, String manifest) {
        new KubeObjects(gateway)
                .apply(namespace, JsonParser.parseString(manifest).getAsJsonObject());
    }

    /** A new token of a service account, valid for {@link #TOKEN_LIFETIME_MIN}; makes the account unless it is there. */
    public String serviceAccountToken(String namespace, String name) {
        return new KubeObjects(gateway).serviceAccountToken(namespace, name, TOKEN_LIFETIME_MIN);
    }

    /**
     * Ends all tokens of a service account, as the server remembers for 10 s which tokens it has accepted, after that time
     * at the latest; harmless if there is none.
     */
    public void deleteServiceAccount(String namespace, String name) {
        new KubeObjects(gateway).deleteServiceAccount(namespace, name);
    }

    /** The Events of a namespace, in no order. */
    public List<KubeEvent> events(String namespace) {
        return new KubeObjects(gateway).events(namespace);
    }

    private KubeLeases leases() {
        return new KubeLeases(gateway, etcd);
    }

    /** The Lease of a name. */
    public Optional<KubeLease> get(String namespace, String name) {
        return leases().get(namespace, name);
    }

    /**
     * Writes, whatever stands there.
     *
     * @param lease a Lease in JSON, of which a {@code spec} is enough; the rest is filled in
     */
    public KubeLease put(String namespace, String name, String lease) {
        return leases().put(namespace, name, lease);
    }

    /** Deletes a Lease; harmless if there is none. */
    public void delete(String namespace, String name) {
        leases().delete(namespace, name);
    }

    /**
     * Puts in the place of a Lease, or where there is none, one that is no record: it lasts -5 s. The server would refuse
     * it, so that it is written into etcd; what stands there the server decodes, and serves to readers and watchers.
     */
    public KubeLease corrupt(String namespace, String name) {
        return leases().corrupt(namespace, name);
    }

    /**
     * How many requests for Leases the server has answered since it started, by verb: {@code GET}, {@code LIST},
     * {@code WATCH}, {@code POST}, {@code PUT}, {@code PATCH}, {@code DELETE}. Seen with 1.20: a {@code WATCH} is counted
     * when it ends, and not while it is open; conflicts and other refusals are counted, but not those for want of a valid
     * token or of a right. The calls of this class are among them.
     */
    public Map<String, Long> requestCounts() {
        return KubeMetrics.leasesByVerb(gateway.read("/metrics"), "apiserver_request_total");
    }

    /** How many watches of Leases are open. */
    public long openWatches() {
        String metrics = gateway.read("/metrics");
        // It has the second name since 1.23.
        long open =
                KubeMetrics.leasesByVerb(metrics, "apiserver_longrunning_gauge").getOrDefault("WATCH", 0L);
        return KubeMetrics.leasesByVerb(metrics, "apiserver_longrunning_requests")
                .getOrDefault("WATCH", open);
    }

    /** Ends the server and its etcd, and deletes their directories. Idempotent. */
    @Override
    public void close() {
        if (process != null) {
            process.kill();
            process = null;
        }
        etcd.close();
        ServerDirectory.delete(directory);
    }
}
