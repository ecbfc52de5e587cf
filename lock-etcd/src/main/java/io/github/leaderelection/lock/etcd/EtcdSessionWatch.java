package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one session to its end, through streams of jetcd as {@link EtcdWatch} does: each lives until the first sign of trouble,
 * and the marker is read when etcd says that the stream stands. As an end is final, nothing but the first one matters, and no
 * revisions need to be compared. Where nobody ends the session though its client is silent, {@link SessionExpiry} does. Never
 * gives up.
 *
 * <p>All state is confined to the thread of the connection; all methods are to be called on it.
 */
final class EtcdSessionWatch {

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final WatchOption FROM_NOW = WatchOption.builder()
            .withCreateNotify(true)
            .withProgressNotify(true)
            .withRequireLeader(true)
            .build();

    private final EtcdConnection connection;
    private final EtcdSessions sessions;
    private final String session;
    private final SessionExpiry expiry;
    private final long probeNanos;
    private final List<Follower> followers = new ArrayList<>();
    private boolean closed;
    private @Nullable Stream current;
    private int failures;

    EtcdSessionWatch(EtcdConnection connection, EtcdSessions sessions, String session) {
        this.connection = connection;
        this.sessions = sessions;
        this.session = session;
        this.expiry = new SessionExpiry(connection.thread(), sessions, session, this::ended, this::readNow);
        this.probeNanos = connection.requestTimeout().toNanos();
    }

    /** Somebody who is to be told of the end. */
    static final class Follower {
        private final Runnable onEnded;
        private volatile boolean left;

        Follower(Runnable onEnded) {
            this.onEnded = onEnded;
        }

        /** Is not to be told any more. From any thread. */
        void leave() {
            left = true;
        }

        boolean hasLeft() {
            return left;
        }

        private void tell() {
            if (!left) {
                left = true;
                onEnded.run();
            }
        }
    }

    void add(Follower follower) {
        followers.add(follower);
    }

    /** Takes a follower away; whether none is left. */
    boolean isLast(Follower follower) {
        followers.remove(follower);
        return followers.isEmpty();
    }

    void open() {
        if (closed) {
            return;
        }
        Stream stream = new Stream();
        current = stream;
        try {
            stream.jetcd = connection
                    .client()
                    .getWatchClient()
                    .watch(sessions.markers().key(session), FROM_NOW, stream);
        } catch (RuntimeException failed) {
            trouble(stream);
            return;
        }
        connection.thread().schedule(() -> probe(stream), probeNanos);
    }

    /** One stream of jetcd. jetcd calls it on its own threads and under its own lock, so that all is handed on. */
    private final class Stream implements Watch.Listener {
        private Watch.@Nullable Watcher jetcd;
        private boolean heard;
        private boolean asked;
        private boolean read;

        @Override
        public void onNext(WatchResponse response) {
            connection.thread().run(() -> received(this, response));
        }

        @Override
        public void onError(Throwable error) {
            connection.thread().run(() -> trouble(this));
        }

        @Override
        public void onCompleted() {
            connection.thread().run(() -> trouble(this));
        }
    }

    private void received(Stream stream, WatchResponse response) {
        if (stream != current) {
            return;
        }
        stream.heard = true;
        for (WatchEvent event : response.getEvents()) {
            if (event.getEventType() == WatchEvent.EventType.DELETE) {
                ended();
                return;
            }
            expiry.seen(event.getKeyValue());
        }
        if (response.isCreatedNotify()) {
            read(stream);
        }
    }

    /** Where no stream stands, there will be a read before the next one. */
    private void readNow() {
        Stream stream = current;
        if (stream != null) {
            read(stream);
        }
    }

    private void read(Stream stream) {
        sessions.read(session)
                .whenComplete((found, error) -> connection.thread().run(() -> {
                    if (stream != current) {
                        return;
                    }
                    if (error != null) {
                        sessions.complaint().about(error);
                        trouble(stream);
                    } else {
                        stream.read = true;
                        found(found);
                    }
                }));
    }

    private void found(Optional<KeyValue> marker) {
        marker.ifPresentOrElse(expiry::seen, this::ended);
    }

    /** A stream that says nothing is asked to, and one that does not answer either is dead; a kept session asks for nothing. */
    private void probe(Stream stream) {
        Watch.Watcher opened = stream.jetcd;
        if (stream != current || opened == null) {
            return;
        }
        if (!stream.read || (stream.asked && !stream.heard)) {
            trouble(stream);
            return;
        }
        failures = 0;
        stream.asked = !stream.heard;
        stream.heard = false;
        try {
            if (stream.asked) {
                opened.requestProgress();
            }
        } catch (RuntimeException failed) {
            trouble(stream);
            return;
        }
        connection.thread().schedule(() -> probe(stream), probeNanos);
    }

    private void trouble(Stream stream) {
        if (stream == current) {
            endStream();
            retryLater();
        }
    }

    private void retryLater() {
        failures = Math.min(failures + 1, 10);
        long backoff = Math.min(BACKOFF_NANOS_MIN << failures, BACKOFF_NANOS_MAX);
        connection.thread().schedule(this::reopen, backoff);
    }

    /** Reads before it opens the next stream: a read gets a new token where the old one ran out, a stream does not. */
    private void reopen() {
        if (closed) {
            return;
        }
        sessions.read(session)
                .whenComplete((found, error) -> connection.thread().run(() -> {
                    if (closed) {
                        return;
                    }
                    if (error != null) {
                        sessions.complaint().about(error);
                        retryLater();
                    } else {
                        found(found);
                        open();
                    }
                }));
    }

    private void ended() {
        sessions.forget(session);
        close();
        // Each as a task of its own: what one of them throws is none of the others' business.
        followers.forEach(follower -> connection.thread().run(follower::tell));
        followers.clear();
    }

    /** Ends the watch; nothing is told any more. */
    void close() {
        closed = true;
        expiry.close();
        endStream();
    }

    /** jetcd would open the stream again by itself, from where it was; see the class. */
    private void endStream() {
        Stream stream = current;
        current = null;
        if (stream != null && stream.jetcd != null) {
            stream.jetcd.close();
        }
    }
}
