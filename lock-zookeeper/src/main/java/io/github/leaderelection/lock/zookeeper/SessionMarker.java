package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.spi.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * The znode that stands for a session. It holds the JSON of a Lease, which its client rewrites, and whose holder is the id.
 *
 * @param id its name, which no other marker ever had or will have
 */
record SessionMarker(String parent, String id) {

    /** Whatever version it has. */
    static final int ANY_VERSION = -1;

    /** A version that no znode ever has. */
    private static final int NO_VERSION = -2;

    private static final byte[] NO_DATA = {};

    String path() {
        return parent + "/" + id;
    }

    /** Whether there can be such a znode at all: anybody may write anything into a record. */
    boolean isPossible() {
        try {
            PathUtils.validatePath(path());
            return true;
        } catch (IllegalArgumentException noPath) {
            return false;
        }
    }

    // ---- what it holds

    private LeaseCodec codec() {
        return new LeaseCodec(id, parent, "znode " + path());
    }

    /**
     * What its client writes now.
     *
     * @throws IllegalArgumentException if the lease is not a whole number of seconds from 1 to 2147483647
     */
    byte[] bytes(Duration lease, Instant opened) {
        return codec().encode(new LeaderElectionRecord(id, lease, Optional.of(opened), Optional.of(Instant.now()), 0));
    }

    /** The lease that it declares; empty if it declares none, or if what stands there is no marker. */
    Optional<Duration> lease(RecordRead.Found found) {
        LeaderElectionRecord record;
        try {
            record = codec().decode(found.bytes()).record();
        } catch (MalformedRecordException noMarker) {
            return Optional.empty();
        }
        return record.hasHolder() && !record.leaseDuration().isZero()
                ? Optional.of(record.leaseDuration())
                : Optional.empty();
    }

    // ---- requests

    /**
     * Makes it, and its parents where there are none: on a server that lets it be followed, which is tried before. One that is too old
     * keeps a marker like any znode, and nobody would notice the end of its client.
     */
    void create(ZooKeeper zooKeeper, List<ACL> acl, byte[] bytes, ZooKeeperCall<Boolean> call) {
        zooKeeper.addWatch(
                path(),
                event -> {},
                AddWatchMode.PERSISTENT,
                (code, at, context) -> {
                    if (Code.get(code) == Code.OK) {
                        zooKeeper.removeAllWatches(
                                path(), Watcher.WatcherType.Any, true, (gone, of, nothing) -> {}, null);
                        createWithParents(zooKeeper, acl, bytes, call);
                    } else {
                        call.failUnwritten(Code.get(code));
                    }
                },
                null);
    }

    private void createWithParents(ZooKeeper zooKeeper, List<ACL> acl, byte[] bytes, ZooKeeperCall<Boolean> call) {
        ParentZnodes parents = new ParentZnodes(zooKeeper, path(), acl);
        tryCreate(
                zooKeeper,
                acl,
                bytes,
                call,
                () -> parents.make(call, missing -> tryCreate(zooKeeper, acl, bytes, call, () -> call.fail(missing))));
    }

    private void tryCreate(
            ZooKeeper zooKeeper, List<ACL> acl, byte[] bytes, ZooKeeperCall<Boolean> call, Runnable withoutParent) {
        if (call.isOver()) {
            return;
        }
        zooKeeper.create(
                path(),
                bytes,
                acl,
                CreateMode.PERSISTENT,
                (code, at, context, name) -> {
                    switch (Code.get(code)) {
                        case OK -> call.answer(true);
                        case NONODE -> withoutParent.run();
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /** Rewrites it; answers whether it is there. */
    void write(ZooKeeper zooKeeper, byte[] bytes, ZooKeeperCall<Boolean> call) {
        zooKeeper.setData(
                path(),
                bytes,
                ANY_VERSION,
                (code, at, context, stat) -> {
                    switch (Code.get(code)) {
                        case OK -> call.answer(true);
                        case NONODE -> call.answer(false);
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /** Deletes it if it has that version; answers whether it is gone. */
    void delete(ZooKeeper zooKeeper, int version, ZooKeeperCall<Boolean> call) {
        zooKeeper.delete(
                path(),
                version,
                (code, at, context) -> {
                    switch (Code.get(code)) {
                        case OK, NONODE -> call.answer(true);
                        case BADVERSION -> call.answer(false);
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /**
     * Looks what it holds. What is found may be outdated; that there is none is certain.
     *
     * @param watcher told of all changes after what is found, for as long as the connection stands; none if null
     */
    void look(ZooKeeper zooKeeper, @Nullable Watcher watcher, ZooKeeperCall<Optional<RecordRead.Found>> call) {
        if (watcher != null) {
            zooKeeper.addWatch(
                    path(),
                    watcher,
                    AddWatchMode.PERSISTENT,
                    (code, at, context) -> {
                        if (Code.get(code) != Code.OK) {
                            call.fail(Code.get(code));
                        }
                    },
                    null);
        }
        zooKeeper.getData(
                path(),
                false,
                (code, at, context, bytes, stat) -> {
                    switch (Code.get(code)) {
                        case OK ->
                            call.answer(Optional.of(new RecordRead.Found(
                                    bytes == null ? NO_DATA : bytes, stat.getMzxid(), stat.getVersion())));
                        case NONODE -> confirmAbsence(zooKeeper, call);
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /**
     * The member that answered may not know of the marker yet. A write is answered by a quorum, a refusal as well, and this one is
     * always refused. It needs no rights: that there is nothing to write is found first.
     */
    private void confirmAbsence(ZooKeeper zooKeeper, ZooKeeperCall<Optional<RecordRead.Found>> call) {
        zooKeeper.setData(
                path(),
                NO_DATA,
                NO_VERSION,
                (code, at, context, stat) -> {
                    if (Code.get(code) == Code.NONODE) {
                        call.answer(Optional.empty());
                    } else {
                        call.fail(Code.get(code));
                    }
                },
                null);
    }
}
