package io.github.leaderelection.lock.zookeeper;

import java.util.Arrays;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One look at a znode, and the watch that is set by that look.
 *
 * @param watcher told of the next change after what is answered; none if null
 */
record RecordRead(
        ZooKeeper zooKeeper, String path, @Nullable Watcher watcher, ZooKeeperCall<Optional<RecordRead.Found>> call) {

    /** What a znode holds, a value. A znode without data is the parent of others, and counts as none. */
    record Found(byte[] bytes, long zxid, int version) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Found that
                    && that.zxid == zxid
                    && that.version == version
                    && Arrays.equals(that.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(zxid);
        }
    }

    void start() {
        zooKeeper.getData(
                path,
                watcher,
                (code, at, context, bytes, stat) -> {
                    switch (Code.get(code)) {
                        case OK ->
                            call.answer(
                                    bytes == null || bytes.length == 0
                                            ? Optional.empty()
                                            : Optional.of(new Found(bytes, stat.getMzxid(), stat.getVersion())));
                        case NONODE -> absent();
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    /** Data cannot be watched where there is none: its coming into being can. */
    private void absent() {
        if (watcher == null) {
            call.answer(Optional.empty());
            return;
        }
        zooKeeper.exists(
                path,
                watcher,
                (code, at, context, stat) -> {
                    switch (Code.get(code)) {
                        case OK -> start(); // it came into being in between
                        case NONODE -> call.answer(Optional.empty());
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }
}
