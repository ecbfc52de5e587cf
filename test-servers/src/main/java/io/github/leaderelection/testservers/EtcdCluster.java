package io.github.leaderelection.testservers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three real etcd members that are one cluster, on free ports of 127.0.0.1. Each can be killed, paused and restarted alone, and
 * what is asked of it goes to it alone; two of them are needed for the cluster to serve. A test that starts one where there is
 * no etcd is skipped, as with {@link EtcdServer}. For one test at a time.
 */
public final class EtcdCluster implements AutoCloseable {

    private static final int MEMBER_COUNT = 3;

    private final List<EtcdServer> members;

    private EtcdCluster(List<EtcdServer> members) {
        this.members = members;
    }

    /** A cluster without TLS and without users, started and ready. */
    public static EtcdCluster start() {
        for (int i = 1; ; i++) {
            EtcdCluster cluster = unstarted();
            try {
                cluster.restart();
                return cluster;
            } catch (IllegalStateException failed) {
                cluster.close();
                if (i == EtcdServer.STARTS_MAX || !EtcdServer.isPortTaken(failed)) {
                    throw failed;
                }
            }
        }
    }

    private static EtcdCluster unstarted() {
        List<EtcdServer> members = IntStream.rangeClosed(1, MEMBER_COUNT)
                .mapToObj(i -> EtcdServer.unstarted("member-" + i))
                .toList();
        String all = members.stream().map(EtcdServer::peer).collect(Collectors.joining(","));
        members.forEach(member -> member.beginWith(all));
        return new EtcdCluster(members);
    }

    /** The members, whatever state they are in. */
    public List<EtcdServer> members() {
        return members;
    }

    /** Where clients connect to one or the other. */
    public List<String> endpoints() {
        return members.stream().map(EtcdServer::endpoint).toList();
    }

    /** The member that leads the others; empty while there is none. Waits for members that are paused. */
    public Optional<EtcdServer> leader() {
        return members.stream().filter(EtcdServer::leadsCluster).findFirst();
    }

    /** Starts all members that do not run, with the data that they had, and waits until all of them serve. */
    public void restart() {
        members.stream().filter(member -> !member.isRunning()).forEach(EtcdServer::begin);
        members.forEach(EtcdServer::awaitReady);
    }

    /** Ends all members and deletes their directories. Idempotent. */
    @Override
    public void close() {
        members.forEach(EtcdServer::close);
    }
}
