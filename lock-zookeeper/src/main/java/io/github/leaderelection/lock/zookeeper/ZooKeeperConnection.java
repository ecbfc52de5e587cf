package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.LockThread;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.ZooKeeper;

/**
 * What the locks of one {@link ZooKeeperLocks} share: Curator's client, and one thread that keeps their deadlines and runs
 * their watches.
 *
 * <p>Curator keeps the session: it connects, reconnects, and makes a new session when one has expired. Requests go past it,
 * to its {@link ZooKeeper}: Curator would repeat a write whose connection was lost, and a repeated write that was applied the
 * first time looks like a conflict.
 */
final class ZooKeeperConnection implements AutoCloseable {

    private final CuratorFramework curator;
    private final Runnable ending;
    private final Duration requestTimeout;
    private final LockThread thread = new LockThread("leaderelection-zookeeper");
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final ConnectionStateListener listener = (client, state) -> connectionChanged(state);

    /**
     * Over a client that was started.
     *
     * @param ending how the client is closed with this connection, if it is
     */
    ZooKeeperConnection(CuratorFramework curator, Runnable ending, Duration requestTimeout) {
        this.curator = curator;
        this.ending = ending;
        this.requestTimeout = requestTimeout;
        curator.getConnectionStateListenable().addListener(listener);
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    LockThread thread() {
        return thread;
    }

    /** The path as the server of the handed-in client knows it: Curator's namespace does not reach past Curator. */
    String absolute(String path) {
        String namespace = curator.getNamespace();
        return namespace == null || namespace.isEmpty() ? path : "/" + namespace + path;
    }

    /**
     * The client for the next request; only while {@link #isConnected()}, or it may wait for a connection.
     *
     * @throws Exception if the session has just ended
     */
    ZooKeeper zooKeeper() throws Exception {
        return curator.getZookeeperClient().getZooKeeper();
    }

    boolean isConnected() {
        return curator.getZookeeperClient().isConnected();
    }

    /** Runs a task now, or as soon as there is a connection; possibly twice. */
    void whenConnected(Runnable task) {
        if (isConnected()) {
            task.run();
            return;
        }
        waiting.add(task);
        if (isConnected() && waiting.remove(task)) {
            task.run();
        }
    }

    /** Calls a task off that still waits for a connection. */
    void forget(Runnable task) {
        waiting.remove(task);
    }

    private void connectionChanged(ConnectionState state) {
        if (state.isConnected()) {
            waiting.forEach(task -> {
                if (waiting.remove(task)) {
                    task.run();
                }
            });
        }
    }

    /** Ends the session if it is our own, and the thread, after what is queued now. Idempotent. */
    @Override
    public void close() {
        thread.run(() -> {
            curator.getConnectionStateListenable().removeListener(listener);
            ending.run();
        });
        thread.close();
    }
}
