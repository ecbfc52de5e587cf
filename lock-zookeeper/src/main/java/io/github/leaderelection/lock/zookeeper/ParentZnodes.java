package io.github.leaderelection.lock.zookeeper;

import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;

/** The znodes above one that is to be created. */
record ParentZnodes(ZooKeeper zooKeeper, String path, List<ACL> acl) {

    private static final byte[] NO_DATA = {};

    /**
     * Makes them one after the other, from the top, where there are none. ZooKeeper refuses to make a znode without the right
     * to do so even if the znode is there, so that only a try to make what is below tells whether one is really missing.
     *
     * @param then goes on; given what it means if there is no parent after all
     */
    void make(ZooKeeperCall<?> call, Consumer<Code> then) {
        make(path.indexOf('/', 1), Code.NONODE, call, then);
    }

    /** From the one on whose path ends at {@code slash}; all are done if that is negative. */
    private void make(int slash, Code missing, ZooKeeperCall<?> call, Consumer<Code> then) {
        if (slash < 0) {
            then.accept(missing);
            return;
        }
        if (call.isOver()) {
            return;
        }
        int next = path.indexOf('/', slash + 1);
        zooKeeper.create(
                path.substring(0, slash),
                NO_DATA,
                acl,
                CreateMode.PERSISTENT,
                (code, at, context, name) -> {
                    switch (Code.get(code)) {
                        case OK, NODEEXISTS, NONODE -> make(next, missing, call, then);
                        case NOAUTH -> make(next, Code.NOAUTH, call, then);
                        default -> call.failUnwritten(Code.get(code));
                    }
                },
                null);
    }
}
