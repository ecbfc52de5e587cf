package io.github.leaderelection.lock.zookeeper;

import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;

/**
 * The znode that stands for a session: ephemeral, so that ZooKeeper deletes it with the session that made it.
 *
 * @param id its name, which no other marker ever had or will have
 */
record SessionMarker(String parent, String id) {

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

    /** Makes it, and its parents where there are none. */
    void create(ZooKeeper zooKeeper, List<ACL> acl, ZooKeeperCall<ZooKeeper> call) {
        ParentZnodes parents = new ParentZnodes(zooKeeper, path(), acl);
        tryCreate(
                zooKeeper,
                acl,
                call,
                () -> parents.make(call, missing -> tryCreate(zooKeeper, acl, call, () -> call.fail(missing))));
    }

    private void tryCreate(ZooKeeper zooKeeper, List<ACL> acl, ZooKeeperCall<ZooKeeper> call, Runnable withoutParent) {
        if (call.isOver()) {
            return;
        }
        zooKeeper.create(
                path(),
                NO_DATA,
                acl,
                CreateMode.EPHEMERAL,
                (code, at, context, name) -> {
                    switch (Code.get(code)) {
                        case OK -> call.answer(zooKeeper);
                        case NONODE -> withoutParent.run();
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /** Deletes it, over whichever session; done if it is gone. */
    void delete(ZooKeeper zooKeeper, ZooKeeperCall<Boolean> call) {
        zooKeeper.delete(
                path(),
                -1,
                (code, at, context) -> {
                    switch (Code.get(code)) {
                        case OK -> call.answer(true);
                        case NONODE -> call.answer(false);
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }
}
