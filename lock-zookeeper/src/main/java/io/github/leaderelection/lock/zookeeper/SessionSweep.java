package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.LockThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Deletes markers that were left behind: nobody followed their clients when these died. A marker that keeps its version for
 * ten of its leases goes; a client that lives rewrites it after less than five. What cannot be read or deleted is left to
 * whoever sweeps next.
 */
final class SessionSweep {

    private static final int MARKER_COUNT_MAX = 100;
    private static final int LEASES = 10;

    private final LockThread thread;
    private final ZooKeeperCalls calls;
    private final ZooKeeperErrors errors;
    private final String parent;

    SessionSweep(LockThread thread, ZooKeeperCalls calls, ZooKeeperErrors errors, String parent) {
        this.thread = thread;
        this.calls = calls;
        this.errors = errors;
        this.parent = parent;
    }

    /** Begins one sweep, of some hundred markers at most, chosen by chance. */
    void begin() {
        calls.<List<String>, List<String>>call(
                        (zooKeeper, call) -> zooKeeper.getChildren(
                                parent,
                                false,
                                (int code, String at, Object context, List<String> names) -> {
                                    if (Code.get(code) == Code.OK) {
                                        call.answer(names);
                                    } else {
                                        call.fail(Code.get(code));
                                    }
                                },
                                null),
                        (error, surelyNotSent) -> errors.ofRead(error),
                        ArrayList::new)
                .thenAccept(names -> {
                    Collections.shuffle(names);
                    names.stream().limit(MARKER_COUNT_MAX).forEach(this::note);
                });
    }

    private void note(String id) {
        SessionMarker marker = new SessionMarker(parent, id);
        calls.call(
                        (zooKeeper, call) -> marker.look(zooKeeper, null, call),
                        (error, surelyNotSent) -> errors.ofRead(error),
                        Function.<Optional<RecordRead.Found>>identity())
                .thenAccept(found -> found.ifPresent(
                        version -> marker.lease(version).ifPresent(lease -> deleteLater(marker, version, lease))));
    }

    private void deleteLater(SessionMarker marker, RecordRead.Found version, Duration lease) {
        thread.schedule(
                () -> calls.call(
                        (zooKeeper, call) -> marker.delete(zooKeeper, version.version(), call),
                        (error, surelyNotSent) -> errors.ofSession("ended", error, surelyNotSent),
                        Function.<Boolean>identity()),
                TimeUnit.SECONDS.toNanos(LEASES * lease.toSeconds()));
    }
}
