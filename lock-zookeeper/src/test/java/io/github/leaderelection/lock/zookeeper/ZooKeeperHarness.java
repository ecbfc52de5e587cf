package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** A real ZooKeeper with ACLs, behind a network that is really cut; its locks hold as {@code leases} says. */
final class ZooKeeperHarness implements LockHarness {

    private static final String PREFIX = "/conformance/elections";
    private static final String PASSWORD = "the owner's secret";

    private final ZooKeeperServer server = ZooKeeperServer.start();
    private final ZooKeeperOnlooker onlooker = server.onlooker();
    /** Locks go through one by their identity, so that the watch of one can be cut without the others. */
    private final List<TcpProxy> proxies =
            IntStream.range(0, 4).mapToObj(i -> TcpProxy.to(server.port())).toList();

    private final List<TcpProxy> broken = new CopyOnWriteArrayList<>();
    /** One for each identity. */
    private final Map<String, ZooKeeperLocks> clients = new ConcurrentHashMap<>();

    private final Leases leases;

    ZooKeeperHarness(Leases leases) {
        this.leases = leases;
        Id owner = new Id("digest", ZooKeeperServer.digest("owner:" + PASSWORD));
        List<ACL> ownerAlone = List.of(new ACL(ZooDefs.Perms.ALL, owner));
        onlooker.makeIfAbsent("/conformance", ownerAlone);
        onlooker.makeIfAbsent(PREFIX, ownerAlone);
    }

    private TcpProxy proxyOf(String identity) {
        return proxies.get(identity.hashCode() & 3);
    }

    private ZooKeeperLocks.Builder through(TcpProxy proxy) {
        return ZooKeeperLocks.builder()
                .connectString("127.0.0.1:" + proxy.port())
                .prefix(PREFIX)
                .digestAuth("owner", PASSWORD)
                .leases(leases);
    }

    private static String path(String election) {
        return PREFIX + "/" + election;
    }

    @Override
    public ResourceLock open(String election, String identity) {
        return clients.computeIfAbsent(identity, id -> through(proxyOf(id)).connect())
                .lock(election, identity);
    }

    @Override
    public ResourceLock openOfSameClient(ResourceLock lock, String election) {
        return open(election, lock.identity());
    }

    @Override
    public void delete(String election) {
        onlooker.delete(path(election));
    }

    @Override
    public void corrupt(String election) {
        onlooker.put(path(election), "this is no Lease");
    }

    private TcpProxy newProxy() {
        TcpProxy proxy = TcpProxy.to(server.port());
        broken.add(proxy);
        return proxy;
    }

    @Override
    public ResourceLock openUnavailable(String election, String identity) {
        TcpProxy proxy = newProxy();
        proxy.refuse();
        return through(proxy).requestTimeout(Duration.ofSeconds(1)).lock(election, identity);
    }

    @Override
    public ResourceLock openDenied(String election, String identity) {
        return through(proxyOf(identity))
                .digestAuth("stranger", "the stranger's secret")
                .lock(election, identity);
    }

    /** The client notices a silent connection after two thirds of its session timeout. */
    @Override
    public ResourceLock openUnanswered(String election, String identity) {
        TcpProxy proxy = newProxy();
        ResourceLock lock = through(proxy)
                .requestTimeout(Duration.ofHours(1))
                .sessionTimeout(Duration.ofSeconds(60))
                .lock(election, identity);
        connect(lock);
        proxy.cut();
        return lock;
    }

    @Override
    public ResourceLock openLosingReplies(String election, String identity) {
        TcpProxy proxy = newProxy();
        ResourceLock lock = through(proxy).requestTimeout(Duration.ofSeconds(1)).lock(election, identity);
        connect(lock);
        proxy.cutRepliesDroppingBytes();
        return lock;
    }

    private static void connect(ResourceLock lock) {
        lock.get().toCompletableFuture().join();
    }

    @Override
    public void cutWatches(ResourceLock lock) {
        proxyOf(lock.identity()).resetConnections();
    }

    @Override
    public ProviderSettings providerSettings() {
        Map<String, String> settings = Map.of(
                "connect",
                server.connectString(),
                "prefix",
                PREFIX,
                "auth",
                "owner:" + PASSWORD,
                "leases",
                leases.toString());
        return new ProviderSettings("zookeeper", settings, Set.of("connect"));
    }

    @Override
    public void close() {
        clients.values().forEach(ZooKeeperLocks::close);
        clients.values().forEach(ZooKeeperLocks::close);
        List<TcpProxy> all = new ArrayList<>(proxies);
        all.addAll(broken);
        all.forEach(TcpProxy::close);
        onlooker.close();
        server.close();
    }
}
