package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.Subscription;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Observes one znode. ZooKeeper's watches fire once and carry no data, so that each look at the znode sets the watch that
 * calls for the next look, in one request: between the two nothing can be missed, and changes that come faster than the looks
 * are told as one.
 *
 * <p>Whatever happens to the connection calls for a look as well, at what is no older than the reconnection. The client sets
 * its watches again when it reconnects; a new session begins with that look.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class ZooKeeperWatch implements Subscription, Watcher {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Of a crowd that looks at once the successor would be answered somewhere in the middle. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ZooKeeperConnection connection;
    private final ZooKeeperLock lock;
    private final LockWatcher watcher;
    private volatile boolean closed;
    private boolean looking;
    /** Something happened since the look under way was sent. */
    private boolean stale;
    /** The next look has to ask the leader: this member may lag behind the one before it. */
    private boolean moved = true;

    /** Something happened, and the look at it waits for others to look first. */
    private boolean due;
    /** What is shown next is for others to hurry at. */
    private boolean mayBeLate;

    private boolean told;
    private RecordRead.@Nullable Found lastTold;
    private long failingSinceNanos;
    private int failures;

    ZooKeeperWatch(ZooKeeperConnection connection, ZooKeeperLock lock, LockWatcher watcher) {
        this.connection = connection;
        this.lock = lock;
        this.watcher = watcher;
    }

    void start() {
        connection.thread().run(this::look);
    }

    /** Called by ZooKeeper, on its own thread. */
    @Override
    public void process(WatchedEvent event) {
        boolean reconnected =
                event.getType() == Event.EventType.None && event.getState() == Event.KeeperState.SyncConnected;
        boolean connectionEvent = event.getType() == Event.EventType.None;
        if (!reconnected) {
            connection.thread().run(() -> {
                moved |= connectionEvent;
                if (mayBeLate && !connectionEvent) {
                    due = true;
                    connection
                            .thread()
                            .schedule(this::look, ThreadLocalRandom.current().nextLong(LATE_NANOS));
                } else {
                    look();
                }
            });
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        due = false;
        if (looking) {
            stale = true;
            return;
        }
        looking = true;
        stale = false;
        boolean fresh = moved;
        moved = false;
        lock.read(fresh, this, Function.identity())
                .whenComplete((found, error) -> connection.thread().run(() -> seen(found, error)));
    }

    private void seen(@Nullable Optional<RecordRead.Found> found, @Nullable Throwable error) {
        looking = false;
        if (closed) {
            return;
        }
        if (found == null) {
            trouble(causeOf(error));
            return;
        }
        failures = 0;
        tell(found);
        if (stale) {
            look();
        }
    }

    private void tell(Optional<RecordRead.Found> found) {
        RecordRead.Found next = found.orElse(null);
        if (told && Objects.equals(next, lastTold)) {
            return;
        }
        told = true;
        lastTold = next;
        mayBeLate = false;
        Optional<LockSnapshot> snapshot;
        try {
            snapshot = found.map(lock::snapshot);
        } catch (MalformedRecordException malformed) {
            watcher.onMalformed(malformed);
            return;
        }
        mayBeLate = snapshot.filter(this::isOfOthers).isPresent();
        watcher.onRecord(snapshot);
    }

    /** Whether the record goes from its holder to its successor next, and we are neither. */
    private boolean isOfOthers(LockSnapshot shown) {
        LeaderElectionRecord record = shown.record();
        return record.successor().isPresent()
                && !record.successor().get().holderIdentity().equals(lock.identity())
                && !record.holderIdentity().equals(lock.identity());
    }

    /**
     * Answers a look by what was told, or else by a read of its own. To be called on the thread of the connection.
     *
     * @param upToDate whether ZooKeeper has told of all that happened before the look was asked for, if it has told of anything
     */
    void answer(CompletableFuture<Optional<LockSnapshot>> look, boolean upToDate) {
        RecordRead.Found stands = lastTold;
        if (look.isDone()) {
            return; // nobody waits for it any more
        }
        if (upToDate && !closed && !looking && !due && !moved && stands != null) {
            try {
                look.complete(Optional.of(lock.snapshot(stands)));
            } catch (MalformedRecordException malformed) {
                look.completeExceptionally(malformed);
            }
            return;
        }
        CompletableFuture<Optional<LockSnapshot>> read = lock.get().toCompletableFuture();
        look.whenComplete((answer, error) -> read.cancel(false)); // if it is given up
        read.whenComplete((found, error) -> {
            if (error == null) {
                look.complete(found);
            } else {
                look.completeExceptionally(causeOf(error));
            }
        });
    }

    /** Looks again, unless there is no hope or it has been tried for too long. */
    private void trouble(LockException cause) {
        moved = true;
        long now = System.nanoTime();
        if (failures++ == 0) {
            failingSinceNanos = now;
        }
        boolean tooLong = now - failingSinceNanos >= connection.requestTimeout().toNanos();
        if (tooLong || cause instanceof LockDeniedException) {
            breakOff(cause);
        } else {
            connection.thread().schedule(this::look, PAUSE_NANOS);
        }
    }

    private LockException causeOf(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof LockException known
                ? known
                : lock.errors().ofRead(cause == null ? new IllegalStateException("no answer and no error") : cause);
    }

    /** Ends the watch for a cause that its watcher is told. */
    void breakOff(LockException cause) {
        connection.thread().run(() -> {
            if (!closed) {
                closed = true;
                end();
                watcher.onBroken(cause);
            }
        });
    }

    /** The server keeps a watch until it fires or the session ends: on a session that goes on it is taken back. */
    private void end() {
        lock.forget(this);
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
        zooKeeper.removeWatches(lock.path(), this, WatcherType.Any, true, (code, at, context) -> {}, null);
    }

    @Override
    public void close() {
        closed = true;
        connection.thread().run(this::end);
    }
}
