package io.github.leaderelection.lock.zookeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/** ZooKeeper's client, which can also be left without the end of its session, and told to go to another member. */
@SuppressWarnings("try") // its close may be interrupted: that is ZooKeeper's
final class ZooKeeperHandle extends ZooKeeper {

    ZooKeeperHandle(
            String connectString,
            int sessionTimeout,
            Watcher watcher,
            boolean canBeReadOnly,
            @Nullable ZKClientConfig config)
            throws IOException {
        super(connectString, sessionTimeout, watcher, canBeReadOnly, config);
    }

    /** Ends the connection for good, and leaves the session to time out. */
    void leave() {
        cnxn.disconnect();
    }

    /**
     * Breaks the connection to a member that is silent, if there are others to go to; by itself the client would wait for two
     * thirds of the timeout. The one that was silent before counts as one of the others.
     *
     * @param connectString where all of them are
     * @throws IOException if ZooKeeper's client cannot read what it read before
     */
    void turnAway(String connectString) throws IOException {
        // While it connects, it would not notice that its socket was closed.
        if (getState() != States.CONNECTED || !(testableRemoteSocketAddress() instanceof InetSocketAddress silent)) {
            return;
        }
        List<InetSocketAddress> all = new ConnectStringParser(connectString).getServerAddresses();
        List<InetSocketAddress> others =
                all.stream().filter(member -> !isSame(member, silent)).toList();
        if (others.isEmpty() || others.size() == all.size()) {
            return;
        }
        updateServerList(others.stream().map(ZooKeeperHandle::text).collect(Collectors.joining(",")));
        sync(
                "/",
                (code, at, context) -> {},
                null); // wakes the client's thread up, which else would notice with its next ping
    }

    private static boolean isSame(InetSocketAddress member, InetSocketAddress silent) {
        InetAddress address = silent.getAddress();
        return member.getPort() == silent.getPort()
                && (member.getHostString().equals(silent.getHostString())
                        || address != null && member.getHostString().equals(address.getHostAddress()));
    }

    private static String text(InetSocketAddress member) {
        String host = member.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + member.getPort();
    }
}
