package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdUsers;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** A real etcd with users, whose locks hold as {@code leases} says, and a network that is really cut. */
final class EtcdHarness implements LockHarness {

    private static final String PREFIX = "/registry/conformance";
    private static final String PASSWORD = "root's secret";

    private final EtcdServer etcd =
            EtcdServer.builder().flag("--bcrypt-cost", "4").start();
    /** Locks go through one by their identity, so that the watch of one can be cut without the others. */
    private final List<TcpProxy> proxies =
            IntStream.range(0, 4).mapToObj(i -> TcpProxy.to(etcd.port())).toList();

    private final List<TcpProxy> broken = new CopyOnWriteArrayList<>();

    private final Leases leases;

    EtcdHarness(Leases leases) {
        this.leases = leases;
        etcd.users().add("stranger", "stranger's secret");
        etcd.users().grant("stranger", EtcdUsers.Permission.READWRITE, "/somewhere/else/");
        etcd.users().enable(PASSWORD);
    }

    private TcpProxy proxyOf(String identity) {
        return proxies.get(identity.hashCode() & 3);
    }

    private EtcdLocks.Builder through(TcpProxy proxy) {
        return EtcdLocks.builder()
                .endpoints("http://127.0.0.1:" + proxy.port())
                .prefix(PREFIX)
                .user("root", PASSWORD)
                .leases(leases);
    }

    private static String key(String election) {
        return PREFIX + "/" + election;
    }

    @Override
    public ResourceLock open(String election, String identity) {
        return EtcdClientLock.first(through(proxyOf(identity)).connect(), election, identity);
    }

    @Override
    public ResourceLock openOfSameClient(ResourceLock lock, String election) {
        return ((EtcdClientLock) lock).beside(election);
    }

    @Override
    public Duration sessionLease() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void delete(String election) {
        etcd.delete(key(election));
    }

    @Override
    public void corrupt(String election) {
        etcd.put(key(election), "this is no Lease");
    }

    private TcpProxy newProxy() {
        TcpProxy proxy = TcpProxy.to(etcd.port());
        broken.add(proxy);
        return proxy;
    }

    @Override
    public ResourceLock openUnavailable(String election, String identity) {
        TcpProxy proxy = newProxy();
        proxy.refuse();
        return through(proxy).lock(election, identity);
    }

    @Override
    public ResourceLock openDenied(String election, String identity) {
        return through(proxyOf(identity)).user("stranger", "stranger's secret").lock(election, identity);
    }

    @Override
    public ResourceLock openUnanswered(String election, String identity) {
        TcpProxy proxy = newProxy();
        ResourceLock lock = through(proxy).requestTimeout(Duration.ofHours(1)).lock(election, identity);
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
                "endpoints",
                etcd.endpoint(),
                "prefix",
                PREFIX,
                "user",
                "root",
                "password",
                PASSWORD,
                "leases",
                leases.toString());
        return new ProviderSettings("etcd", settings, Set.of("endpoints"));
    }

    @Override
    public void close() {
        List<TcpProxy> all = new ArrayList<>(proxies);
        all.addAll(broken);
        all.forEach(TcpProxy::close);
        etcd.close();
    }
}
