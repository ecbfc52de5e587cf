package io.github.leaderelection.lock.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of one session: looks at its marker, and has ZooKeeper tell of the next change with the same request.
 * Whatever happens to the connection calls for another look; one that fails is repeated, with pauses that grow, until it is
 * told or nobody waits any more. A marker never comes back, so that a look which finds none is the end.
 *
 * <p>A member that lags may not know of the marker yet. But whoever waits has read a record that names the session, and the
 * record was written after the marker was made: a client never goes to a member that knows less than it has seen, and a new
 * session begins with something that a quorum agrees to. The {@code sync} before each look makes it no older than the call.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class SessionWatch implements Watcher {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int DOUBLINGS_MAX = 5; // to 3.2 s

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final ZooKeeperErrors errors;
    private final SessionMarker marker;
    /** Told when nobody waits any more. */
    private final Runnable onIdle;

    private final List<SessionWaiter> waiters = new ArrayList<>();
    private boolean over;
    private boolean looking;
    /** Something happened since the look under way was sent. */
    private boolean stale;

    private int failures;

    SessionWatch(
            ZooKeeperConnection connection,
            ZooKeeperCalls calls,
            ZooKeeperErrors errors,
            SessionMarker marker,
            Runnable onIdle) {
        this.connection = connection;
        this.calls = calls;
        this.errors = errors;
        this.marker = marker;
        this.onIdle = onIdle;
    }

    /** Takes one in; the first one begins the watch. */
    void add(SessionWaiter waiter) {
        waiters.add(waiter);
        if (waiters.size() == 1) {
            look();
        }
    }

    /** Drops one; the last one ends the watch. */
    void remove(SessionWaiter waiter) {
        if (waiters.remove(waiter) && waiters.isEmpty() && !over) {
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
        calls.call(this::send, (error, surelyNotSent) -> errors.ofRead(error), Function.<Boolean>identity())
                .whenComplete((present, error) -> connection.thread().run(() -> seen(present)));
    }

    private void send(ZooKeeper zooKeeper, ZooKeeperCall<Boolean> call) {
        // Requests of one session are answered in order: if this one fails, so does the next.
        zooKeeper.sync(marker.path(), (code, at, context) -> {}, null);
        zooKeeper.exists(
                marker.path(),
                this,
                (code, at, context, stat) -> {
                    switch (Code.get(code)) {
                        case OK -> call.answer(true);
                        case NONODE -> call.answer(false);
                        default -> call.fail(Code.get(code));
                    }
                },
                null);
    }

    private void seen(@Nullable Boolean present) {
        looking = false;
        if (over) {
            return;
        }
        if (present == null) {
            long pause = FIRST_PAUSE_NANOS << Math.min(failures++, DOUBLINGS_MAX);
            connection.thread().schedule(this::look, pause);
        } else if (!present) {
            List<SessionWaiter> told = List.copyOf(waiters);
            end();
            // each by itself, so that one that throws keeps nobody else from being told
            told.forEach(waiter -> connection.thread().run(waiter::tell));
        } else {
            failures = 0;
            if (stale) {
                look();
            }
        }
    }

    /** The server keeps a watch until it fires or its client's session ends: it is taken back. */
    private void end() {
        over = true;
        waiters.clear();
        onIdle.run();
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
