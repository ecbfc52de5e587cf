package io.github.leaderelection.testservers;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One real etcd member on free ports of 127.0.0.1, with a directory of its own. A test that starts one where there is no
 * etcd is skipped, or fails if the system property {@code leaderelection.requireServers} is true.
 *
 * <p>For one test at a time: methods that change its state come from one thread. What looks at the data goes through the
 * JSON gateway of etcd and shares no code with the clients under test.
 */
public final class EtcdServer implements AutoCloseable {

    static final int STARTS_MAX = 3;
    private static final String ALONE = "default";
    private static @Nullable EtcdServer shared;

    private final Builder settings;
    private final String name;
    private final Path binary;
    private final Path directory;
    private int clientPort;
    private int plainPort;
    private int peerPort;
    /** The members that begin together, as etcd is told; none but this one if null. */
    private @Nullable String initialCluster;

    private @Nullable ServerProcess process;
    private EtcdGateway gateway;

    private EtcdServer(Builder settings, String name) {
        this.settings = settings;
        this.name = name;
        this.binary = ServerBinary.ETCD.find();
        this.directory = ServerDirectory.create("etcd");
        choosePorts();
        this.gateway = gatewayOfPlainPort();
    }

    /** A member without TLS and without users, started and ready. */
    public static EtcdServer start() {
        return builder().start();
    }

    /** A member with settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The member that tests of this JVM share: started at the first call, ended with the JVM. Whoever uses it has key names
     * of its own and leaves the server as it is.
     */
    public static synchronized EtcdServer shared() {
        EtcdServer server = shared;
        if (server == null) {
            server = start();
            shared = server;
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "test-servers-close-shared"));
        }
        return server;
    }

    /** A member that an {@link EtcdCluster} starts, when it knows the addresses of all. */
    static EtcdServer unstarted(String name) {
        return new EtcdServer(builder(), name);
    }

    /** How a member is started. */
    public static final class Builder {
        private final List<String> flags = new ArrayList<>();
        private @Nullable TestCertificates certificates;

        private Builder() {}

        /** Adds a flag with its value, for example {@code --auth-token-ttl} and {@code 1}. */
        public Builder flag(String name, String value) {
            flags.add(name);
            flags.add(value);
            return this;
        }

        /** Serves clients over TLS, and demands from them certificates of the same authority. */
        public Builder tls(TestCertificates authority) {
            this.certificates = authority;
            return this;
        }

        /** Starts the member and waits until it is ready. */
        public EtcdServer start() {
            EtcdServer server = new EtcdServer(this, ALONE);
            server.startFirst();
            return server;
        }
    }

    private void choosePorts() {
        clientPort = FreePorts.next();
        plainPort = settings.certificates == null ? clientPort : FreePorts.next();
        peerPort = FreePorts.next();
    }

    private EtcdGateway gatewayOfPlainPort() {
        return new EtcdGateway(URI.create("http://127.0.0.1:" + plainPort));
    }

    /** Another process may take a port between its choice and its use; then others are chosen. */
    private void startFirst() {
        for (int i = 1; ; i++) {
            try {
                launch();
                return;
            } catch (IllegalStateException failed) {
                if (i == STARTS_MAX || !isPortTaken(failed)) {
                    close();
                    throw failed;
                }
                choosePorts();
                gateway = gatewayOfPlainPort();
            }
        }
    }

    static boolean isPortTaken(IllegalStateException failed) {
        return String.valueOf(failed.getMessage()).contains("address already in use");
    }

    private void launch() {
        begin();
        awaitReady();
    }

    /** Starts the process. */
    void begin() {
        process = ServerProcess.start(command(), directory.resolve("etcd.log"));
    }

    /** Waits until it answers; a member of a cluster does so once a majority of them runs. */
    void awaitReady() {
        process().awaitReady("etcd", gateway::healthy);
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Whether it is the member that leads the others; false if it cannot say. */
    boolean leadsCluster() {
        return isRunning() && gateway.leadsCluster();
    }

    /** Name and address, as the other members have to know it. */
    String peer() {
        return name + "=http://127.0.0.1:" + peerPort;
    }

    /** Says who begins together with it. */
    void beginWith(String members) {
        initialCluster = members;
    }

    private List<String> command() {
        String peer = "http://127.0.0.1:" + peerPort;
        String plain = "http://127.0.0.1:" + plainPort;
        TestCertificates certificates = settings.certificates;
        String listen = certificates == null ? plain : endpoint() + "," + plain;
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of("--name", name, "--data-dir", data().toString()));
        command.addAll(List.of("--listen-client-urls", listen, "--advertise-client-urls", endpoint()));
        command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", initialCluster == null ? peer() : initialCluster));
        if (certificates != null) {
            Path files = certificates.writeServer(directory.resolve("tls"));
            command.addAll(List.of("--cert-file", files.resolve("server.pem").toString()));
            command.addAll(List.of("--key-file", files.resolve("server-key.pem").toString()));
            command.addAll(List.of("--trusted-ca-file", files.resolve("ca.pem").toString()));
            command.add("--client-cert-auth");
        }
        command.addAll(settings.flags);
        return command;
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** Where clients connect, for example {@code http://127.0.0.1:2379}. */
    public String endpoint() {
        return (settings.certificates == null ? "http" : "https") + "://127.0.0.1:" + clientPort;
    }

    /** The port of {@link #endpoint()}. */
    public int port() {
        return clientPort;
    }

    private ServerProcess process() {
        ServerProcess current = process;
        if (current == null) {
            throw new IllegalStateException("the server was never started or is closed");
        }
        return current;
    }

    /** Ends the member in order. */
    public void stop() {
        process().stop();
    }

    /** Ends the member on the spot. */
    public void kill() {
        process().kill();
    }

    /** Freezes the member: connections stay open and nothing answers. */
    public void pause() {
        process().pause();
    }

    /** Ends a {@link #pause()}. */
    public void resume() {
        process().resume();
    }

    /** Starts the member on the same port with the data it had; stops it before if it runs. */
    public void restart() {
        process().stop();
        launch();
    }

    /**
     * As {@link #restart()}, but all data, users and revisions are gone.
     *
     * @throws IllegalStateException if the member belongs to a cluster, which does not take it back without its data
     */
    public void restartEmpty() {
        if (initialCluster != null) {
            throw new IllegalStateException(
                    name + " belongs to a cluster, which does not take it back without its data");
        }
        process().stop();
        ServerDirectory.delete(data());
        gateway.asRoot(null);
        launch();
    }

    /**
     * How many requests the member has handled, by method, for example {@code Range}, {@code Txn}, {@code Watch} (counted
     * when the stream ends). The calls of this class are among them.
     */
    public Map<String, Long> requestCounts() {
        return gateway.handledByMethod();
    }

    /** How many messages the member has received, by method; a stream may bring many, which count as they come. */
    public Map<String, Long> messageCounts() {
        return gateway.receivedByMethod();
    }

    /** Throws away the history up to now. */
    public void compact() {
        gateway.compact();
    }

    /** Writes, whatever stands there; returns the revision. */
    public long put(String key, String value) {
        return gateway.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /** What stands under a key. */
    public Optional<EtcdValue> get(String key) {
        return gateway.get(key);
    }

    /** Deletes a key; returns the revision. */
    public long delete(String key) {
        return gateway.delete(key);
    }

    /** The users of this member. */
    public EtcdUsers users() {
        return new EtcdUsers(gateway);
    }

    /** Ends the member and deletes its directory. Idempotent. */
    @Override
    public void close() {
        if (process != null) {
            process.kill();
            process = null;
        }
        ServerDirectory.delete(directory);
    }
}
