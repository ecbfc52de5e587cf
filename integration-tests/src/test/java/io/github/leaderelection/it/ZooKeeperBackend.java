package io.github.leaderelection.it;

import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** One ZooKeeper server. */
final class ZooKeeperBackend implements Backend {

    private static final String PREFIX = "/it";
    private static final String USER = "candidate";

    private final ZooKeeperServer server;
    private final Map<String, String> settings;
    /** None while the server is away: it would not notice that its server has lost its data. */
    private Optional<ZooKeeperOnlooker> onlooker;

    private ZooKeeperBackend(ZooKeeperServer server, Map<String, String> more) {
        this.server = server;
        this.settings = new HashMap<>(more);
        settings.put("leaderelection.lock", "zookeeper");
        settings.put("leaderelection.zookeeper.prefix", PREFIX);
        settings.put("leaderelection.zookeeper.connect", server.connectString());
        this.onlooker = Optional.of(server.onlooker());
    }

    static ZooKeeperBackend over(ZooKeeperServer server) {
        return new ZooKeeperBackend(server, Map.of());
    }

    /** With a prefix in which only the user with that password may do anything. */
    static ZooKeeperBackend withPassword(ZooKeeperServer server, String password) {
        String auth = USER + ":" + password;
        Id candidate = new Id("digest", ZooKeeperServer.digest(auth));
        ZooKeeperBackend backend = new ZooKeeperBackend(server, Map.of("leaderelection.zookeeper.auth", auth));
        backend.present().makeIfAbsent(PREFIX, List.of(new ACL(ZooDefs.Perms.ALL, candidate)));
        return backend;
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
        return with("connect", "127.0.0.1:" + port);
    }

    @Override
    public Map<String, String> settingsWithPassword(String password) {
        return with("auth", USER + ":" + password);
    }

    @Override
    public Map<String, String> settingsWithTls(Path directory) {
        return with("tls-directory", directory.toString());
    }

    private Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.put("leaderelection.zookeeper." + key, value);
        return Map.copyOf(changed);
    }

    private static String path(String election) {
        return PREFIX + "/" + election;
    }

    private synchronized ZooKeeperOnlooker present() {
        return onlooker.orElseThrow(() -> new IllegalStateException("the server is away"));
    }

    /** A znode without data is the parent of others. */
    @Override
    public Optional<StoredRecord> readRecord(String election) {
        return present()
                .get(path(election))
                .filter(znode -> !znode.text().isEmpty())
                .map(znode -> StoredRecord.parse(Long.toString(znode.zxid()), znode.text()));
    }

    @Override
    public Map<String, Long> requestCounts() {
        Map<String, Long> counts = server.counts();
        Map<String, Long> packets = new TreeMap<>();
        for (String name : List.of("packets_received", "packets_sent")) {
            packets.put(name, counts.getOrDefault(name, 0L));
        }
        counts.forEach((name, count) -> {
            if (name.startsWith("cnt_") && name.endsWith("_request_type_count")) {
                packets.put(name, count);
            }
        });
        return packets;
    }

    @Override
    public void delete(String election) {
        present().delete(path(election));
    }

    @Override
    public void corrupt(String election) {
        present().put(path(election), "no Lease {");
    }

    @Override
    public void writeElsewhere() {
        present().put("/elsewhere", "anything");
    }

    @Override
    public void kill() {
        withoutOnlooker(server::kill);
    }

    @Override
    public void restart() {
        withoutOnlooker(server::restart);
        lookAgain();
    }

    @Override
    public void restartEmpty() {
        withoutOnlooker(server::restartEmpty);
        lookAgain();
    }

    private void withoutOnlooker(Runnable change) {
        Optional<ZooKeeperOnlooker> leaving;
        synchronized (this) {
            leaving = onlooker;
            onlooker = Optional.empty();
        }
        leaving.ifPresent(ZooKeeperOnlooker::close);
        change.run();
    }

    private void lookAgain() {
        ZooKeeperOnlooker next = server.onlooker();
        synchronized (this) {
            onlooker = Optional.of(next);
        }
    }

    @Override
    public void close() {
        withoutOnlooker(server::close);
    }
}
