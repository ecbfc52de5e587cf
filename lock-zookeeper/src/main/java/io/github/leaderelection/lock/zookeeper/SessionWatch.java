package io.github.leaderelection.lock.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Follows one session to its end, for all who follow it on this connection. Looks at the marker, and has ZooKeeper tell of the
 * next change with the same request; whatever happens to the connection calls for another look. A version that has been known
 * for the whole lease that it declares is deleted, if it is still the one there. What fails is tried again, with pauses that
 * grow, for as long as somebody follows.
 *
 * <p>A look may be outdated: then the lease counts from a version that is not the newest, whose deletion is refused.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class SessionWatch implements Watcher {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int DOUBLINGS_MAX = 5; // to 3.2 s

    /** Followers wait longer than the lease by up to this part of it, by chance, so that not all of them write at once. */
    private static final int LEASE_PARTS = 128;

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final ZooKeeperErrors errors;
    private final SessionMarker marker;
    /** Told when the watch has ended. */
    private final Runnable onOver;

    private final List<SessionFollower> followers = new ArrayList<>();
    private boolean over;
    private boolean looking;
    /** Something happened since the look under way was sent. */
    private boolean stale;
    /** Since a version was seen for the first time. */
    private int failures;

    private RecordRead.@Nullable Found version;
    /** When that version was seen for the first time. */
    private long seenNanos;
    /** After how long it is to be deleted; empty if it declares no lease. */
    private Optional<Long> waitNanos = Optional.empty();

    private @Nullable Future<?> expiry;

    SessionWatch(
            ZooKeeperConnection connection,
            ZooKeeperCalls calls,
            ZooKeeperErrors errors,
            SessionMarker marker,
            Runnable onOver) {
        this.connection = connection;
        this.calls = calls;
        this.errors = errors;
        this.marker = marker;
        this.onOver = onOver;
    }

    /** Takes one in; the first one begins the watch. */
    void add(SessionFollower follower) {
        followers.add(follower);
        if (followers.size() == 1) {
            look();
        }
    }

    /** Drops one; the last one ends the watch. */
    void remove(SessionFollower follower) {
        if (followers.remove(follower) && followers.isEmpty()) {
            end();
        }
    }

    /** Called by ZooKeeper, on its own thread. */
    @Override
    public void process(WatchedEvent event) {
        boolean reconnected =
                event.getType() == Event.EventType.None && event.getState() == Event.KeeperState.SyncConnected;
        if (!reconnected && event.getType() != Event.EventType.DataWatchRemoved) {
            connection.thread().run(this::look);
        }
    }

    // ---- look

    private void look() {
        if (over) {
            return;
        }
        if (looking) {
            stale = true;
            return;
        }
        looking = true;
        stale = false;
        calls.call(
                        (zooKeeper, call) -> marker.look(zooKeeper, this, call),
                        (error, surelyNotSent) -> errors.ofRead(error),
                        Function.<Optional<RecordRead.Found>>identity())
                .whenComplete((found, error) -> connection.thread().run(() -> seen(found)));
    }

    private void lookLater() {
        connection.thread().schedule(this::look, FIRST_PAUSE_NANOS << Math.min(failures++, DOUBLINGS_MAX));
    }

    private void seen(@Nullable Optional<RecordRead.Found> found) {
        looking = false;
        if (over) {
            return;
        }
        if (found == null) {
            lookLater();
        } else if (found.isEmpty()) {
            tell();
        } else {
            note(found.get());
            if (stale) {
                look();
            }
        }
    }

    // ---- the lease

    private void note(RecordRead.Found found) {
        if (!found.equals(version)) {
            version = found;
            seenNanos = System.nanoTime();
            waitNanos = marker.lease(found).map(SessionWatch::withPause);
            failures = 0;
        }
        cancelExpiry();
        if (waitNanos.isPresent()) {
            long leftNanos = waitNanos.get() - (System.nanoTime() - seenNanos);
            try {
                expiry = connection.thread().timer(() -> expire(found.version()), Math.max(0, leftNanos));
            } catch (RejectedExecutionException closed) {
                return; // nobody waits for it any more
            }
        }
    }

    private static long withPause(Duration lease) {
        long leaseNanos = lease.toNanos();
        return leaseNanos + ThreadLocalRandom.current().nextLong(leaseNanos / LEASE_PARTS);
    }

    private void cancelExpiry() {
        Future<?> set = expiry;
        if (set != null) {
            set.cancel(false);
            expiry = null;
        }
    }

    private void expire(int expired) {
        calls.call(
                        (zooKeeper, call) -> marker.delete(zooKeeper, expired, call),
                        (error, surelyNotSent) -> errors.ofSession("ended", error, surelyNotSent),
                        Function.<Boolean>identity())
                .whenComplete((gone, error) -> connection.thread().run(() -> deleted(Boolean.TRUE.equals(gone))));
    }

    private void deleted(boolean gone) {
        if (over) {
            return;
        }
        if (gone) {
            tell();
        } else {
            lookLater();
        }
    }

    // ---- end

    private void tell() {
        List<SessionFollower> told = List.copyOf(followers);
        end();
        // each by itself, so that one that throws keeps nobody else from being told
        told.forEach(follower -> connection.thread().run(follower::tell));
    }

    /** Ends the watch, and tells nobody. The server keeps a watch until it fires or its client's session ends: it is taken back. */
    void end() {
        over = true;
        cancelExpiry();
        followers.clear();
        onOver.run();
        if (!connection.isConnected()) {
            return;
        }
        ZooKeeper zooKeeper;
        try {
            zooKeeper = connection.zooKeeper();
        } catch (Exception sessionEnded) {
            return; // and the watch with it
        }
        // The answer is of no interest: if there was no such watch, so much the better.
        zooKeeper.removeWatches(marker.path(), this, WatcherType.Any, true, (code, at, context) -> {}, null);
    }
}
