package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.Address;
import io.github.leaderelection.benchmarks.electors.Store;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.util.function.LongSupplier;

/**
 * A server that was started for a measurement.
 *
 * @param store what it is
 * @param address where it is reached
 * @param requests how many requests it has taken in so far, counted by itself: for etcd messages, those of streams
 *     included; for ZooKeeper packets, pings included; for Kubernetes requests for Leases, a watch when it ends
 * @param end ends it
 */
record Server(Store store, Address address, LongSupplier requests, Runnable end) implements AutoCloseable {

    static Server start(Store store) {
        return switch (store) {
            case ETCD -> {
                EtcdServer etcd = EtcdServer.start();
                yield new Server(
                        store,
                        new Address(etcd.endpoint(), "", ""),
                        new EtcdMessages(etcd.endpoint())::received,
                        etcd::close);
            }
            case ZOOKEEPER -> {
                ZooKeeperServer zooKeeper = ZooKeeperServer.start();
                yield new Server(
                        store,
                        new Address(zooKeeper.connectString(), "", ""),
                        () -> zooKeeper.counts().getOrDefault("packets_received", 0L),
                        zooKeeper::close);
            }
            case KUBERNETES -> {
                KubeApiServer kubernetes = KubeApiServer.start();
                yield new Server(
                        store,
                        new Address(
                                kubernetes.url(),
                                kubernetes.adminToken(),
                                kubernetes.caFile().toString()),
                        () -> kubernetes.requestCounts().values().stream()
                                .mapToLong(Long::longValue)
                                .sum(),
                        kubernetes::close);
            }
        };
    }

    @Override
    public void close() {
        end.run();
    }
}
