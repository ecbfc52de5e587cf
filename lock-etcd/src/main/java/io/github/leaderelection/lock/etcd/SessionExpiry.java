package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.KeyValue;
import io.github.leaderelection.lock.support.LockThread;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session that is followed and that its client does not keep alive any more: deletes its marker when one version of it has
 * stood for the whole lease that it declares, since it was first seen here. Never deletes what is no marker.
 *
 * <p>All state is confined to the thread of the connection; all methods are to be called on it.
 */
final class SessionExpiry {

    /** Up to this part of a lease is waited for in addition, by chance, so that not all followers write at once. */
    private static final int PAUSE_PART = 128;

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final LockThread thread;
    private final EtcdSessions sessions;
    private final String session;
    private final Runnable onDeleted;
    private final Runnable onChanged;
    private @Nullable EtcdVersion standing;
    private @Nullable Wait wait;
    private boolean timed;
    private boolean closed;
    private int failures;

    /**
     * Has seen nothing yet.
     *
     * @param onDeleted told when the marker has been deleted here
     * @param onChanged told when the marker turned out not to be what was seen last, so that it has to be read
     */
    SessionExpiry(LockThread thread, EtcdSessions sessions, String session, Runnable onDeleted, Runnable onChanged) {
        this.thread = thread;
        this.sessions = sessions;
        this.session = session;
        this.onDeleted = onDeleted;
        this.onChanged = onChanged;
    }

    /** Until when a version has to stand. */
    private record Wait(EtcdVersion version, long untilNanos) {}

    /** Takes notice of the marker: the wait begins anew if it is another one than before. */
    void seen(KeyValue found) {
        EtcdVersion version = EtcdVersion.of(found);
        if (version.equals(standing)) {
            return;
        }
        standing = version;
        wait = null;
        failures = 0;
        Optional<Duration> lease = sessions.markers().lease(found.getValue());
        lease.ifPresent(whole -> {
            long nanos = whole.toNanos();
            waitFor(version, nanos + ThreadLocalRandom.current().nextLong(nanos / PAUSE_PART));
        });
    }

    private void waitFor(EtcdVersion version, long nanos) {
        wait = new Wait(version, System.nanoTime() + nanos);
        if (!timed) {
            timed = true;
            thread.schedule(this::timeOut, nanos);
        }
    }

    /** One timer does for all versions, of which each is waited for longer than for the one before. */
    private void timeOut() {
        timed = false;
        Wait due = wait;
        if (closed || due == null) {
            return;
        }
        long remaining = due.untilNanos() - System.nanoTime();
        if (remaining > 0) {
            timed = true;
            thread.schedule(this::timeOut, remaining);
        } else {
            wait = null;
            delete(due.version());
        }
    }

    private void delete(EtcdVersion version) {
        sessions.delete(session, version).whenComplete((deleted, error) -> {
            sessions.complaint().about(error);
            thread.run(() -> answered(version, error == null, deleted));
        });
    }

    private void answered(EtcdVersion version, boolean known, @Nullable Boolean deleted) {
        if (closed) {
            return;
        }
        if (Boolean.TRUE.equals(deleted)) {
            onDeleted.run();
        } else if (version.equals(standing)) {
            if (known) {
                standing = null;
                onChanged.run();
            } else {
                failures = Math.min(failures + 1, 10);
                waitFor(version, Math.min(BACKOFF_NANOS_MIN << failures, BACKOFF_NANOS_MAX));
            }
        }
    }

    void close() {
        closed = true;
    }
}
