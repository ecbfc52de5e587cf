package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.it.nemesis.ServerMember.Kube;
import io.github.leaderelection.testservers.EtcdCluster;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.ZooKeeperCluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The real servers of one backend, and what can be done to them. A member is of one thread at a time.
 *
 * @param members what can be killed and paused
 * @param downMost how many of them may be away at once
 * @param ports where clients connect
 * @param settings what a candidate needs, by where it connects
 * @param leasesKey the setting that says how a candidate holds its records; empty if there is no choice
 * @param end ends them all
 */
record Servers(
        List<ServerMember> members,
        int downMost,
        List<Integer> ports,
        SettingsAt settings,
        Optional<String> leasesKey,
        Runnable end)
        implements AutoCloseable {

    /** The settings of a candidate that reaches the servers, in their order, at those ports of 127.0.0.1. */
    @FunctionalInterface
    interface SettingsAt {
        Map<String, String> of(List<Integer> ports);
    }

    /** The backends. */
    enum Kind {
        ETCD {
            @Override
            Servers open() {
                EtcdCluster cluster = EtcdCluster.start();
                List<ServerMember> members = cluster.members().stream()
                        .map(member -> (ServerMember) new ServerMember.Etcd(member))
                        .toList();
                List<Integer> ports =
                        cluster.members().stream().map(EtcdServer::port).toList();
                return new Servers(
                        members, 2, ports, Kind::etcd, Optional.of("leaderelection.etcd.leases"), cluster::close);
            }
        },
        ZOOKEEPER {
            @Override
            Servers open() {
                ZooKeeperCluster cluster = ZooKeeperCluster.start();
                List<ServerMember> members = cluster.members().stream()
                        .map(member -> (ServerMember) new ServerMember.ZooKeeper(member))
                        .toList();
                List<Integer> ports =
                        cluster.members().stream().map(member -> member.port()).toList();
                return new Servers(
                        members,
                        2,
                        ports,
                        Kind::zooKeeper,
                        Optional.of("leaderelection.zookeeper.leases"),
                        cluster::close);
            }
        },
        KUBERNETES {
            @Override
            Servers open() {
                KubeApiServer server = KubeApiServer.start();
                // An API server cannot start without its etcd: one of them at a time.
                return new Servers(
                        List.of(new Kube(server), new ServerMember.Etcd(server.etcd())),
                        1,
                        List.of(server.port()),
                        at -> kubernetes(server, at),
                        Optional.empty(),
                        server::close);
            }
        };

        /** Starts servers of their own. */
        abstract Servers open();

        private static Map<String, String> etcd(List<Integer> ports) {
            return Map.of(
                    "leaderelection.lock",
                    "etcd",
                    "leaderelection.etcd.endpoints",
                    addresses("http://127.0.0.1:", ports));
        }

        private static Map<String, String> zooKeeper(List<Integer> ports) {
            return Map.of(
                    "leaderelection.lock", "zookeeper",
                    "leaderelection.zookeeper.connect", addresses("127.0.0.1:", ports),
                    "leaderelection.zookeeper.session-timeout", "2s");
        }

        private static String addresses(String before, List<Integer> ports) {
            return ports.stream().map(port -> before + port).collect(Collectors.joining(","));
        }

        private static Map<String, String> kubernetes(KubeApiServer server, List<Integer> ports) {
            return Map.of(
                    "leaderelection.lock",
                    "kubernetes-lease",
                    "leaderelection.kubernetes-lease.url",
                    "https://127.0.0.1:" + ports.get(0),
                    "leaderelection.kubernetes-lease.namespace",
                    "default",
                    "leaderelection.kubernetes-lease.token",
                    server.adminToken(),
                    "leaderelection.kubernetes-lease.ca-file",
                    server.caFile().toString());
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
