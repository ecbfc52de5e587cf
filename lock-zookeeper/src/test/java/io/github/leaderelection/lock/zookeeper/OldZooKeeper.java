package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.curator.test.InstanceSpec;

/** A ZooKeeper server from before 3.6, which knows no persistent watches, in a process of its own. The build puts its jars there. */
final class OldZooKeeper implements AutoCloseable {

    private static final Path HOME = Path.of("target", "old-zookeeper");

    private final int port = InstanceSpec.getRandomPort();
    private final Process process;

    /** Starts it, and waits until it serves. */
    OldZooKeeper() {
        Path configuration = HOME.resolve("zoo-" + port + ".cfg");
        List<String> settings = List.of(
                "dataDir=" + HOME.resolve("data-" + port),
                "clientPort=" + port,
                "clientPortAddress=127.0.0.1",
                "tickTime=200",
                "maxSessionTimeout=60000",
                "admin.enableServer=false");
        try {
            Files.write(configuration, settings);
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            HOME.resolve("*").toString(),
                            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                            configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(HOME.resolve("zookeeper-" + port + ".log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start the server in " + HOME + "; let Maven copy it there", failed);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "old-zookeeper-end"));
        onlooker().close();
    }

    int port() {
        return port;
    }

    String connectString() {
        return "127.0.0.1:" + port;
    }

    /** Waits for the server, if it is not there yet. */
    ZooKeeperOnlooker onlooker() {
        return new ZooKeeperOnlooker(connectString(), "somebody:s3cret");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
