package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** Looks at znodes, and changes them, behind the back of the lock under test. May be used from any thread. */
public final class ZooKeeperOnlooker implements AutoCloseable {

    private static final long CONNECT_SECONDS_MAX = 30;

    private final ZooKeeper zooKeeper;

    /**
     * Connects.
     *
     * @param userAndPassword for digest authentication
     */
    public ZooKeeperOnlooker(String connectString, String userAndPassword) {
        CountDownLatch connected = new CountDownLatch(1);
        try {
            zooKeeper = new ZooKeeper(
                    connectString,
                    10_000,
                    event -> {
                        if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                            connected.countDown();
                        }
                    },
                    new ZKClientConfig());
            zooKeeper.addAuthInfo("digest", userAndPassword.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot connect to ZooKeeper at " + connectString, failed);
        }
        boolean inTime = call(() -> connected.await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS));
        if (!inTime) {
            close();
            throw new IllegalStateException(
                    "no connection to ZooKeeper at " + connectString + " within " + CONNECT_SECONDS_MAX + " s");
        }
    }

    @FunctionalInterface
    private interface Request<T> {
        T send() throws KeeperException, InterruptedException;
    }

    private static <T> T call(Request<T> request) {
        try {
            return request.send();
        } catch (KeeperException refused) {
            throw new IllegalStateException("ZooKeeper refused: " + refused.getMessage(), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for ZooKeeper", interrupted);
        }
    }

    /**
     * What a znode holds.
     *
     * @param text its data
     * @param zxid of the write that put it there
     * @param version its data version
     */
    public record Znode(String text, long zxid, int version) {}

    /** What stands at a path. */
    public Optional<Znode> get(String path) {
        return call(() -> {
            Stat stat = new Stat();
            try {
                byte[] bytes = zooKeeper.getData(path, false, stat);
                String text = bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
                return Optional.of(new Znode(text, stat.getMzxid(), stat.getVersion()));
            } catch (KeeperException.NoNodeException absent) {
                return Optional.empty();
            }
        });
    }

    /** Writes, whatever stands there; makes it, and its parents, where there is nothing. */
    public void put(String path, String text) {
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            makeIfAbsent(path.substring(0, slash), ZooDefs.Ids.OPEN_ACL_UNSAFE);
        }
        makeIfAbsent(path, ZooDefs.Ids.OPEN_ACL_UNSAFE);
        call(() -> zooKeeper.setData(path, text.getBytes(StandardCharsets.UTF_8), -1));
    }

    /** Makes a znode without data, unless it is there. */
    public void makeIfAbsent(String path, List<ACL> acl) {
        call(() -> {
            try {
                return zooKeeper.create(path, new byte[0], new ArrayList<>(acl), CreateMode.PERSISTENT);
            } catch (KeeperException.NodeExistsException present) {
                return path;
            }
        });
    }

    /** Deletes a znode with all that is below it; harmless if there is none. */
    public void delete(String path) {
        call(() -> {
            if (zooKeeper.exists(path, false) != null) {
                try {
                    ZKUtil.deleteRecursive(zooKeeper, path);
                } catch (KeeperException.NoNodeException deletedMeanwhile) {
                    return path;
                }
            }
            return path;
        });
    }

    /** The names of the children. */
    public List<String> children(String path) {
        return call(() -> zooKeeper.getChildren(path, false));
    }

    /** Who may do what with a znode. */
    public List<ACL> acl(String path) {
        return call(() -> zooKeeper.getACL(path, new Stat()));
    }

    @Override
    public void close() {
        call(() -> {
            zooKeeper.close();
            return zooKeeper;
        });
    }
}
