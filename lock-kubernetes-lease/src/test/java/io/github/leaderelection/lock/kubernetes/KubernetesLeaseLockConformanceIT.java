package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.conformance.ResourceLockConformance;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.KubeRule;
import io.github.leaderelection.testservers.KubeUser;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** The suite that every lock passes, over a real API server with RBAC, and a network that is really cut. */
class KubernetesLeaseLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new Harness();
    }

    private static final class Harness implements LockHarness {

        private static final String NAMESPACE = "conformance";

        private final KubeApiServer server = KubeApiServer.shared();
        private final KubeUser owner = server.freshUser();
        private final KubeUser stranger = server.freshUser();
        /** Locks go through one by their identity, so that the watch of one can be cut without the others. */
        private final List<TcpProxy> proxies =
                IntStream.range(0, 4).mapToObj(i -> TcpProxy.to(server.port())).toList();

        private final List<KubernetesLeaseLocks> locks;
        private final List<TcpProxy> broken = new CopyOnWriteArrayList<>();

        Harness() {
            server.createNamespace(NAMESPACE);
            server.rights()
                    .grant(
                            owner.name(),
                            NAMESPACE,
                            KubeRule.leases("get", "list", "watch", "create", "update"),
                            KubeRule.events("create"));
            locks = proxies.stream().map(proxy -> through(proxy).connect()).toList();
        }

        private KubernetesLeaseLocks.Builder through(TcpProxy proxy) {
            return KubernetesLeaseLocks.builder()
                    .url("https://127.0.0.1:" + proxy.port())
                    .caFile(server.caFile())
                    .token(owner.token())
                    .namespace(NAMESPACE);
        }

        /** One client per proxy: on JDK 17 the thread of a client outlives it until the garbage is collected. */
        @Override
        public ResourceLock open(String election, String identity) {
            return locks.get(identity.hashCode() & 3).lock(election, identity);
        }

        @Override
        public void delete(String election) {
            server.delete(NAMESPACE, election);
        }

        @Override
        public void corrupt(String election) {
            server.corrupt(NAMESPACE, election);
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
            return through(proxies.get(0)).token(stranger.token()).lock(election, identity);
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
            proxies.get(lock.identity().hashCode() & 3).resetConnections();
        }

        @Override
        public ProviderSettings providerSettings() {
            Map<String, String> settings = Map.of(
                    "url", server.url(),
                    "token", owner.token(),
                    "ca-file", server.caFile().toString(),
                    "namespace", NAMESPACE);
            return new ProviderSettings("kubernetes-lease", settings, Set.of("url"));
        }

        @Override
        public void close() {
            locks.forEach(KubernetesLeaseLocks::close);
            List<TcpProxy> all = new ArrayList<>(proxies);
            all.addAll(broken);
            all.forEach(TcpProxy::close);
        }
    }
}
