package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.conformance.ResourceLockConformance;
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

/** The suite that every lock passes, over a real etcd with users, and a network that is really cut. */
class EtcdLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new Harness(false);
    }

    static final class Harness implements LockHarness {

        private static final String PREFIX = "/registry/conformance";
        private static final String PASSWORD = "root's secret";

        private final EtcdServer etcd =
                EtcdServer.builder().flag("--bcrypt-cost", "4").start();
        /** Locks go through one by their identity, so that the watch of one can be cut without the others. */
        private final List<TcpProxy> proxies =
                IntStream.range(0, 4).mapToObj(i -> TcpProxy.to(etcd.port())).toList();

        private final List<TcpProxy> broken = new CopyOnWriteArrayList<>();

        private final boolean shared;

        /** Whether one stream tells the watches of all locks of a connection. */
        Harness(boolean shared) {
            this.shared = shared;
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
                    .leases(shared ? Leases.SESSION : Leases.OBSERVED)
                    .user("root", PASSWORD);
        }

        private static String key(String election) {
            return PREFIX + "/" + election;
        }

        @Override
        public ResourceLock open(String election, String identity) {
            return through(proxyOf(identity)).lock(election, identity);
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
            return through(proxyOf(identity))
                    .user("stranger", "stranger's secret")
                    .lock(election, identity);
        }

        @Override
        public ResourceLock openUnanswered(String election, String identity) {
            TcpProxy proxy = newProxy();
            ResourceLock lock =
                    through(proxy).requestTimeout(Duration.ofHours(1)).lock(election, identity);
            connect(lock);
            proxy.cut();
            return lock;
        }

        @Override
        public ResourceLock openLosingReplies(String election, String identity) {
            TcpProxy proxy = newProxy();
            ResourceLock lock =
                    through(proxy).requestTimeout(Duration.ofSeconds(1)).lock(election, identity);
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
            Map<String, String> settings =
                    Map.of("endpoints", etcd.endpoint(), "prefix", PREFIX, "user", "root", "password", PASSWORD);
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
}
