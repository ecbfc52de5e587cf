package io.github.leaderelection.testservers;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three real ZooKeeper servers that are one ensemble, each in a process of its own, on free ports of 127.0.0.1. Each can be
 * killed, paused and restarted alone, and what is asked of it goes to it alone; two of them are needed for the ensemble to
 * serve. For one test at a time.
 */
public final class ZooKeeperCluster implements AutoCloseable {

    private static final int MEMBER_COUNT = 3;

    private final List<ZooKeeperServer> members;

    private ZooKeeperCluster(List<ZooKeeperServer> members) {
        this.members = members;
    }

    /** An ensemble without TLS, started and ready. */
    public static ZooKeeperCluster start() {
        for (int i = 1; ; i++) {
            ZooKeeperCluster cluster = unstarted();
            try {
                cluster.restart();
                return cluster;
            } catch (IllegalStateException failed) {
                cluster.close();
                if (i == ZooKeeperServer.STARTS_MAX || !ZooKeeperServer.isPortTaken(failed)) {
                    throw failed;
                }
            }
        }
    }

    private static ZooKeeperCluster unstarted() {
        List<ZooKeeperServer> members = IntStream.rangeClosed(1, MEMBER_COUNT)
                .mapToObj(ZooKeeperServer::unstarted)
                .toList();
        Map<String, String> all =
                members.stream().collect(Collectors.toMap(ZooKeeperServer::peerKey, ZooKeeperServer::peerAddress));
        members.forEach(member -> member.beginWith(all));
        return new ZooKeeperCluster(members);
    }

    /** The members, whatever state they are in. */
    public List<ZooKeeperServer> members() {
        return members;
    }

    /** Where clients connect to one or the other. */
    public String connectString() {
        return members.stream().map(ZooKeeperServer::connectString).collect(Collectors.joining(","));
    }

    /** The member that leads the others; empty while there is none. A member that is paused cannot say. */
    public Optional<ZooKeeperServer> leader() {
        return members.stream().filter(ZooKeeperServer::leadsCluster).findFirst();
    }

    /** Starts all members that do not run, with the data that they had, and waits until all of them serve. */
    public void restart() {
        members.stream().filter(member -> !member.isRunning()).forEach(ZooKeeperServer::begin);
        members.forEach(ZooKeeperServer::awaitReady);
    }

    /** Ends all members and deletes their directories. Idempotent. */
    @Override
    public void close() {
        members.forEach(ZooKeeperServer::close);
    }
}
