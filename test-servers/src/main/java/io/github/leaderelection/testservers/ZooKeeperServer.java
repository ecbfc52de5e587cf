package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.jspecify.annotations.Nullable;

/**
 * A ZooKeeper server, alone or a member of a {@link ZooKeeperCluster}, in a process of its own, on a free port of 127.0.0.1. Its tick is 200 ms, so that sessions
 * may be as short as 400 ms. One thread at a time.
 */
public final class ZooKeeperServer implements AutoCloseable {

    static final int STARTS_MAX = 3;
    private static final String SUPER = "super:of-the-tests";

    /** Of each library that the server needs, one class: from where it was loaded, the server's process loads it, too. */
    private static final List<String> NEEDED = List.of(
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            "org.apache.jute.Record",
            "org.slf4j.Logger",
            "org.xerial.snappy.Snappy",
            "com.codahale.metrics.Reservoir",
            "org.apache.commons.io.FileUtils",
            "io.netty.handler.ssl.SslHandler",
            "io.netty.handler.codec.ByteToMessageDecoder",
            "io.netty.channel.Channel",
            "io.netty.channel.epoll.Epoll",
            "io.netty.channel.unix.Socket",
            "io.netty.buffer.ByteBuf",
            "io.netty.util.ReferenceCounted",
            "io.netty.resolver.AddressResolver");

    private final @Nullable TestCertificates certificates;
    private final Path directory = ServerDirectory.create("zookeeper");
    private int plainPort;
    private int securePort;
    /** Its number in its ensemble; 0 if it stands alone. */
    private int number;

    private int quorumPort;
    private int electionPort;
    /** The members that begin together, as ZooKeeper is told. */
    private Map<String, String> ensemble = Map.of();

    private @Nullable ServerProcess process;

    private ZooKeeperServer(@Nullable TestCertificates certificates) {
        this.certificates = certificates;
    }

    /** A server without TLS, started and ready. */
    public static ZooKeeperServer start() {
        return startWith(null);
    }

    /** A server that serves clients over TLS, and demands from them certificates of the same authority. */
    public static ZooKeeperServer startWithTls(TestCertificates authority) {
        return startWith(authority);
    }

    private static ZooKeeperServer startWith(@Nullable TestCertificates authority) {
        ZooKeeperServer server = new ZooKeeperServer(authority);
        for (int i = 1; ; i++) {
            server.choosePorts();
            try {
                server.launch();
                return server;
            } catch (IllegalStateException failed) {
                // Another process may take a port between its choice and its use; then others are chosen.
                if (i == STARTS_MAX || !isPortTaken(failed)) {
                    server.close();
                    throw failed;
                }
            }
        }
    }

    private void choosePorts() {
        plainPort = FreePorts.next();
        securePort = FreePorts.next();
    }

    static boolean isPortTaken(IllegalStateException failed) {
        return String.valueOf(failed.getMessage()).contains("Address already in use");
    }

    /** A member that a {@link ZooKeeperCluster} starts, when it knows the addresses of all. */
    static ZooKeeperServer unstarted(int number) {
        ZooKeeperServer server = new ZooKeeperServer(null);
        server.choosePorts();
        server.number = number;
        server.quorumPort = FreePorts.next();
        server.electionPort = FreePorts.next();
        return server;
    }

    /** The key under which the other members know it. */
    String peerKey() {
        return "server." + number;
    }

    /** Where the other members reach it. */
    String peerAddress() {
        return "127.0.0.1:" + quorumPort + ":" + electionPort;
    }

    /** Says who begins together with it, by {@link #peerKey()}. */
    void beginWith(Map<String, String> members) {
        ensemble = Map.copyOf(members);
    }

    private void launch() {
        begin();
        awaitReady();
    }

    /** Starts the process. */
    void begin() {
        Path file = directory.resolve("zoo.cfg");
        try {
            Files.createDirectories(data());
            if (number > 0) {
                Files.writeString(data().resolve("myid"), Integer.toString(number));
            }
            try (var out = Files.newBufferedWriter(file)) {
                configuration().store(out, null);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
        process = ServerProcess.start(command(file), directory.resolve("zookeeper.log"));
    }

    /** Waits until it serves; a member of an ensemble does so once a majority of them runs. */
    void awaitReady() {
        process().awaitReady("ZooKeeper", this::isServing);
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Whether it is the member that leads the others; false if it cannot say. */
    boolean leadsCluster() {
        return isRunning() && ask("srvr").contains("Mode: leader");
    }

    private Properties configuration() {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "dataDir", data().toString(),
                "clientPort", Integer.toString(plainPort),
                "clientPortAddress", "127.0.0.1",
                "tickTime", "200",
                "maxClientCnxns", "0",
                "maxSessionTimeout", "60000",
                "admin.enableServer", "false",
                "4lw.commands.whitelist", "*"));
        if (number > 0) {
            // A member that falls behind or stands still is given up after syncLimit ticks. Each start purges old
            // snapshots.
            properties.putAll(Map.of("initLimit", "50", "syncLimit", "10", "autopurge.purgeInterval", "1"));
            properties.putAll(ensemble);
        }
        if (certificates != null) {
            Path files = certificates.writeServer(directory.resolve("tls"));
            properties.putAll(Map.of(
                    "secureClientPort", Integer.toString(securePort),
                    "secureClientPortAddress", "127.0.0.1",
                    "serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory",
                    "ssl.keyStore.location", certificateWithKey(files).toString(),
                    "ssl.keyStore.type", "PEM",
                    "ssl.trustStore.location", files.resolve("ca.pem").toString(),
                    "ssl.trustStore.type", "PEM",
                    "ssl.clientAuth", "need"));
        }
        return properties;
    }

    private static Path certificateWithKey(Path files) {
        Path both = files.resolve("server-with-key.pem");
        try {
            String certificate = Files.readString(files.resolve("server.pem"));
            return Files.writeString(both, Files.readString(files.resolve("server-key.pem")) + certificate);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + both, failed);
        }
    }

    private static List<String> command(Path configuration) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.add("-Dzookeeper.DigestAuthenticationProvider.superDigest=" + digest(SUPER));
        command.add(NEEDED.get(0));
        command.add(configuration.toString());
        return command;
    }

    private static String classPath() {
        Set<String> places = new LinkedHashSet<>();
        for (String needed : NEEDED) {
            try {
                CodeSource source = Class.forName(needed, false, ZooKeeperServer.class.getClassLoader())
                        .getProtectionDomain()
                        .getCodeSource();
                places.add(Path.of(source.getLocation().toURI()).toString());
            } catch (ReflectiveOperationException | URISyntaxException missing) {
                throw new IllegalStateException("ZooKeeper's server needs " + needed + ", which is not there", missing);
            }
        }
        return String.join(":", places);
    }

    /** The id by which ZooKeeper's ACLs know {@code user:password}. */
    public static String digest(String userAndPassword) {
        try {
            return DigestAuthenticationProvider.generateDigest(userAndPassword);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-1", missing);
        }
    }

    private boolean isServing() {
        return ask("srvr").contains("Mode: ");
    }

    /** What the server answers to one of its four-letter words; empty if it is away. */
    private String ask(String word) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), plainPort)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException away) {
            return "";
        }
    }

    /**
     * What the server has counted, by the names of its {@code mntr} word; {@code packets_received} and {@code packets_sent}
     * among them. The pings of idle sessions count as packets.
     */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        ask("mntr").lines().forEach(line -> {
            String[] parts = line.split("\t", 2);
            if (parts.length == 2 && parts[0].startsWith("zk_") && parts[1].matches("\\d{1,18}(\\.0)?")) {
                counts.put(parts[0].substring(3), Long.valueOf(parts[1].replace(".0", "")));
            }
        });
        return counts;
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** The port that clients connect to, with TLS if it was asked for. */
    public int port() {
        return certificates == null ? plainPort : securePort;
    }

    /** Where clients connect, for example {@code 127.0.0.1:2181}. */
    public String connectString() {
        return "127.0.0.1:" + port();
    }

    /** An onlooker that may do everything, on a connection of its own without TLS. Fails while the server is away. */
    public ZooKeeperOnlooker onlooker() {
        return new ZooKeeperOnlooker("127.0.0.1:" + plainPort, SUPER);
    }

    private ServerProcess process() {
        ServerProcess current = process;
        if (current == null) {
            throw new IllegalStateException("the server was never started or is closed");
        }
        return current;
    }

    /** Ends the server on the spot. */
    public void kill() {
        process().kill();
    }

    /** Freezes the server: connections stay open and nothing answers. */
    public void pause() {
        process().pause();
    }

    /** Ends a {@link #pause()}. */
    public void resume() {
        process().resume();
    }

    /** Starts the server on the same port with the data it had; stops it before if it runs. */
    public void restart() {
        process().stop();
        launch();
    }

    /**
     * As {@link #restart()}, but all data is gone, and zxids begin anew.
     *
     * @throws IllegalStateException if the server belongs to an ensemble, whose members vote by the data that they have
     */
    public void restartEmpty() {
        if (number > 0) {
            throw new IllegalStateException(
                    peerKey() + " belongs to an ensemble, whose members vote by the data that they have");
        }
        process().stop();
        ServerDirectory.delete(data());
        launch();
    }

    /** Ends the server and deletes its directory. Idempotent. */
    @Override
    public void close() {
        if (process != null) {
            process.kill();
            process = null;
        }
        ServerDirectory.delete(directory);
    }
}
