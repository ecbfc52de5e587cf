package io.github.leaderelection.benchmarks.electors;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.etcd.EtcdLocks;
import io.github.leaderelection.lock.kubernetes.KubernetesLeaseLocks;
import io.github.leaderelection.lock.zookeeper.ZooKeeperLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** The electors of this project. */
public final class OurElectors implements Connection {

    private final Timing timing;
    private final BiFunction<String, String, ResourceLock> locks;
    private final Runnable close;
    private final UnaryOperator<ResourceLock> wrap;

    private OurElectors(
            Timing timing,
            BiFunction<String, String, ResourceLock> locks,
            Runnable close,
            UnaryOperator<ResourceLock> wrap) {
        this.timing = timing;
        this.locks = locks;
        this.close = close;
        this.wrap = wrap;
    }

    static OurElectors overEtcd(Address address, Timing timing) {
        return overEtcd(EtcdLocks.builder(), address, timing);
    }

    static OurElectors observingEtcd(Address address, Timing timing) {
        return overEtcd(EtcdLocks.builder().leases(Leases.OBSERVED), address, timing);
    }

    private static OurElectors overEtcd(EtcdLocks.Builder builder, Address address, Timing timing) {
        EtcdLocks locks = builder.endpoints(address.endpoint()).connect();
        return new OurElectors(timing, locks::lock, locks::close, UnaryOperator.identity());
    }

    static OurElectors overZooKeeper(Address address, Timing timing) {
        return overZooKeeper(ZooKeeperLocks.builder(), address, timing);
    }

    static OurElectors observingZooKeeper(Address address, Timing timing) {
        return overZooKeeper(ZooKeeperLocks.builder().leases(Leases.OBSERVED), address, timing);
    }

    private static OurElectors overZooKeeper(ZooKeeperLocks.Builder builder, Address address, Timing timing) {
        ZooKeeperLocks locks = builder.connectString(address.endpoint()).connect();
        return new OurElectors(timing, locks::lock, locks::close, UnaryOperator.identity());
    }

    static OurElectors overKubernetes(Address address, Timing timing) {
        KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder()
                .url(address.endpoint())
                .token(address.token())
                .caFile(Path.of(address.caFile()))
                .namespace("default")
                .connect();
        return new OurElectors(timing, locks::lock, locks::close, UnaryOperator.identity());
    }

    /** The same client, whose locks are wrapped. */
    public OurElectors wrapping(UnaryOperator<ResourceLock> wrapper) {
        return new OurElectors(timing, locks, close, wrapper);
    }

    @Override
    public Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss) {
        ResourceLock lock = wrap.apply(locks.apply(election, identity));
        LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .leaseDuration(timing.lease())
                .renewDeadline(timing.renew())
                .retryPeriod(timing.retry())
                .releaseOnCancel(true)
                .callbacks(callbacks(onLead, onLoss))
                .build());
        elector.start();
        return new Entrant() {
            @Override
            public void handOver() {
                elector.stepDown();
            }

            @Override
            public void rejoin() {}

            @Override
            public boolean standsBy() {
                return elector.getLeader().isPresent();
            }

            @Override
            public void close() {
                elector.close();
                lock.close();
            }
        };
    }

    private static LeaderCallbacks callbacks(Runnable onLead, Runnable onLoss) {
        return new LeaderCallbacks() {
            @Override
            public void onStartedLeading(Leadership leadership) {
                onLead.run();
            }

            @Override
            public void onStoppedLeading(Leadership ended) {
                onLoss.run();
            }
        };
    }

    @Override
    public void close() {
        close.run();
    }
}
