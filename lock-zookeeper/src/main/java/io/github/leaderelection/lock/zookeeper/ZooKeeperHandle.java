package io.github.leaderelection.lock.zookeeper;

import java.io.IOException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/** ZooKeeper's client, which can also be left without the end of its session. */
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
}
