package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.Complaint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
 * Follows one session to its end, for all who follow it on this connection. Looks at the marker, and has ZooKeeper tell of all
 * changes from then on; whatever happens to the connection calls for another look. When no change was told of for the whole lease
 * that the marker declares, it looks once more, and deletes the version that it has known for so long, if it is still the one there.
 * What fails is tried again, with pauses that grow, for as long as somebody follows.
 *
 * <p>A change is told of without what has changed. But each counts the version of the marker up by one, so that a look tells a version
 * whose coming was told of from one that is news. Changes are counted from a look on, and for as long as its connection stands: the
 * next one may tell of some of them again, and of others not. A look may be outdated: then the lease counts from a version that is not the
 * newest, whose deletion is refused.
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
    private final Complaint complaint;
    /** Told when the watch has ended. */
    private final Runnable onOver;

    private final double patience = ThreadLocalRandom.current().nextDouble();
    private final List<SessionFollower> followers = new ArrayList<>();
    private boolean over;
    private boolean looking;
    private @Nullable Future<?> look;
    /** Something happened since the look under way was sent. */
    private boolean stale;
    /** Since a version was seen for the first time. */
    private int failures;

    private RecordRead.@Nullable Found version;
    /** Whether all changes since that version have been told of. */
    private boolean counting;
    /** How many they are; or were, when they no longer were counted. */
    private int changes;
    /** When the last of them was told of, or that version was seen for the first time. */
    private long seenNanos;
    /** The lease that it declares, if it does. */
    private Optional<Duration> lease = Optional.empty();

    private @Nullable Future<?> expiry;

    SessionWatch(
            ZooKeeperConnection connection,
            ZooKeeperCalls calls,
            ZooKeeperErrors errors,
            SessionMarker marker,
            Complaint complaint,
            Runnable onOver) {
        this.connection = connection;
        this.calls = calls;
        this.errors = errors;
        this.marker = marker;
        this.complaint = complaint;
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
        boolean ofTheConnection = event.getType() == Event.EventType.None;
        if (event.getType() == Event.EventType.NodeDataChanged) {
            connection.thread().run(this::changed);
        } else if (ofTheConnection && event.getState() == Event.KeeperState.SyncConnected) {
            connection.thread().run(this::reconnected);
        } else {
            boolean sameSession = !ofTheConnection || event.getState() == Event.KeeperState.Disconnected;
            connection.thread().run(() -> interrupted(sameSession));
        }
    }

    private void changed() {
        if (over) {
            takeBack();
        } else if (counting) {
            changes++;
            seenNanos = System.nanoTime();
            failures = 0;
            if (lease.isPresent()) {
                awaitLease();
            } else {
                look(); // it may be a marker now
            }
        }
    }

    private void reconnected() {
        if (over) {
            takeBack();
        }
    }

    private void interrupted(boolean sameSession) {
        counting = false;
        if (!sameSession) {
            version = null; // what is still told of changes comes beside the next session
        }
        look();
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
        CompletableFuture<Optional<RecordRead.Found>> asked = calls.call(
                (zooKeeper, call) -> marker.look(zooKeeper, this, call),
                (error, surelyNotSent) -> errors.ofRead(error),
                Function.<Optional<RecordRead.Found>>identity());
        look = asked;
        asked.whenComplete((found, error) -> {
            complaint.about(error);
            connection.thread().run(() -> seen(found));
        });
    }

    private void lookLater() {
        connection.thread().schedule(this::look, FIRST_PAUSE_NANOS << Math.min(failures++, DOUBLINGS_MAX));
    }

    private void seen(@Nullable Optional<RecordRead.Found> found) {
        looking = false;
        look = null;
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
        boolean known = version != null
                && (changes == 0 ? found.equals(version) : found.version() == version.version() + changes);
        version = found;
        changes = 0;
        counting = true;
        if (!known) {
            seenNanos = System.nanoTime();
            failures = 0;
        }
        lease = marker.lease(found);
        awaitLease();
    }

    private void awaitLease() {
        cancelExpiry();
        if (over || lease.isEmpty()) {
            return;
        }
        long leaseNanos = lease.get().toNanos();
        long waitNanos = leaseNanos + (long) (patience * leaseNanos / LEASE_PARTS);
        try {
            expiry = connection.thread().timer(this::silent, Math.max(0, waitNanos - (System.nanoTime() - seenNanos)));
        } catch (RejectedExecutionException closed) {
            return; // nobody waits for it any more
        }
    }

    private void silent() {
        RecordRead.Found known = version;
        if (changes == 0 && known != null) {
            expire(known.version());
        } else {
            look();
        }
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
                .whenComplete((gone, error) -> {
                    complaint.about(error);
                    connection.thread().run(() -> deleted(Boolean.TRUE.equals(gone)));
                });
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

    /** Ends the watch, and tells nobody. */
    void end() {
        over = true;
        cancelExpiry();
        followers.clear();
        onOver.run();
        Future<?> asked = look;
        if (asked != null) {
            asked.cancel(false); // it would set the watch again
        }
        takeBack();
    }

    /** The server keeps a watch until its client's session ends, and the client sets it again whenever it reconnects. */
    private void takeBack() {
        // Without a connection, with the next one: that may have been told of before Curator knows of it.
        connection.whenConnected(this::removeWatch);
    }

    /** Perhaps on a thread of Curator. */
    private void removeWatch() {
        ZooKeeper zooKeeper;
        try {
            zooKeeper = connection.zooKeeper();
        } catch (Exception sessionEnded) {
            return; // and the watch with it
        }
        // The answer is of no interest: if there was no such watch, so much the better. It takes back those of others
        // on this session of ZooKeeper, too: they are told, and look.
        zooKeeper.removeAllWatches(marker.path(), WatcherType.Any, true, (code, at, context) -> {}, null);
    }
}
