package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Observes one key through streams of jetcd, of which each lives until the first sign of trouble: an error, an end and a
 * silence are alike, and lead to a new stream and a new read.
 *
 * <p>The stream is opened first, from the present, and the key is read when etcd says that the stream stands: what happened
 * before the read is in the read, what happens after it is in the stream. So no revision is ever asked for that etcd has
 * compacted away, or that lies in the future of an etcd that lost its data and counts from one again.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class EtcdWatch implements Subscription {

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final WatchOption FROM_NOW = WatchOption.builder()
            .withCreateNotify(true)
            .withProgressNotify(true)
            .withRequireLeader(true)
            .build();

    private final EtcdConnection connection;
    private final EtcdLock lock;
    private final LockWatcher watcher;
    private final long probeNanos;
    private volatile boolean closed;
    private @Nullable Stream current;
    private int failures;
    private long brokenSinceNanos;

    EtcdWatch(EtcdConnection connection, EtcdLock lock, LockWatcher watcher) {
        this.connection = connection;
        this.lock = lock;
        this.watcher = watcher;
        this.probeNanos = connection.requestTimeout().toNanos();
    }

    void start() {
        connection.thread().run(this::open);
    }

    private void open() {
        if (closed) {
            return;
        }
        Stream stream = new Stream();
        current = stream;
        try {
            stream.jetcd = connection.client().getWatchClient().watch(lock.key(), FROM_NOW, stream);
        } catch (RuntimeException failed) {
            trouble(stream, lock.errors().ofRead(failed));
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
        private long toldRevision;

        @Override
        public void onNext(WatchResponse response) {
            connection.thread().run(() -> received(this, response));
        }

        @Override
        public void onError(Throwable error) {
            connection.thread().run(() -> trouble(this, lock.errors().ofRead(error)));
        }

        @Override
        public void onCompleted() {
            connection
                    .thread()
                    .run(() -> trouble(this, lock.errors().silent("a stream without end, but etcd ended it")));
        }

        /** jetcd would open the stream again by itself, from where it was; see the class. */
        private void end() {
            Watch.Watcher opened = jetcd;
            if (opened != null) {
                opened.close();
            }
        }
    }

    private void received(Stream stream, WatchResponse response) {
        if (stream != current) {
            return;
        }
        stream.heard = true;
        if (response.isCreatedNotify() || response.getHeader().getRevision() < stream.toldRevision) {
            // Created: begin. Behind what was told: etcd lost its data, or this member lags; a read shows what is so.
            read(stream);
        }
        List<WatchEvent> events = response.getEvents();
        if (!events.isEmpty()) {
            WatchEvent last = events.get(events.size() - 1);
            KeyValue found = last.getKeyValue();
            boolean put = last.getEventType() == WatchEvent.EventType.PUT;
            tell(stream, found.getModRevision(), put ? List.of(found) : List.of());
        }
    }

    private void read(Stream stream) {
        lock.read(Function.identity())
                .whenComplete((reply, error) -> connection.thread().run(() -> {
                    if (stream != current) {
                        return;
                    }
                    if (reply != null) {
                        readDone(stream, reply);
                    } else {
                        trouble(stream, causeOf(error));
                    }
                }));
    }

    private void readDone(Stream stream, GetResponse reply) {
        long revision = reply.getHeader().getRevision();
        if (revision < stream.toldRevision) {
            trouble(stream, lock.errors().silent("revisions that grow, but etcd counts from the beginning again"));
            return;
        }
        stream.read = true;
        tell(stream, revision, reply.getKvs());
    }

    /** Tells the state at a revision, unless a later one, or that very one, has been told. */
    private void tell(Stream stream, long revision, List<KeyValue> found) {
        if (revision <= stream.toldRevision || closed) {
            return;
        }
        stream.toldRevision = revision;
        Optional<LockSnapshot> snapshot;
        try {
            snapshot = lock.snapshot(found);
        } catch (MalformedRecordException malformed) {
            watcher.onMalformed(malformed);
            return;
        }
        watcher.onRecord(snapshot);
    }

    /**
     * A stream that says nothing is asked to, and one that does not answer either is dead; while the leader renews, nothing is
     * asked. Only a stream that has proven well ends a row of failures: streams that all die right after they were opened must
     * come to an end.
     */
    private void probe(Stream stream) {
        Watch.Watcher opened = stream.jetcd;
        if (stream != current || opened == null) {
            return;
        }
        if (!stream.read || (stream.asked && !stream.heard)) {
            trouble(stream, lock.errors().silent("an answer within " + connection.requestTimeout()));
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
            trouble(stream, lock.errors().ofRead(failed));
            return;
        }
        connection.thread().schedule(() -> probe(stream), probeNanos);
    }

    /** Ends a stream; opens another one, unless there is no hope or it has been tried for too long. */
    private void trouble(Stream stream, LockException cause) {
        if (stream != current) {
            return;
        }
        current = null;
        stream.end();
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        if (failures++ == 0) {
            brokenSinceNanos = now;
        }
        if (now - brokenSinceNanos > 2 * probeNanos) {
            breakOff(cause);
            return;
        }
        long backoff = Math.min(BACKOFF_NANOS_MIN << Math.min(failures, 10), BACKOFF_NANOS_MAX);
        connection.thread().schedule(this::reopen, backoff);
    }

    /**
     * Reads before it opens the next stream: jetcd's watch does not tell apart what can heal, as a token that ran out, and
     * what cannot, as a right that was taken away; a read does.
     */
    private void reopen() {
        if (closed) {
            return;
        }
        lock.read(Function.identity())
                .whenComplete((reply, error) -> connection.thread().run(() -> {
                    if (error != null && causeOf(error) instanceof LockDeniedException denied) {
                        breakOff(denied);
                    } else {
                        open();
                    }
                }));
    }

    private LockException causeOf(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof LockException known
                ? known
                : lock.errors().ofRead(cause == null ? new IllegalStateException("no reply and no error") : cause);
    }

    /** Ends the watch for a cause that its watcher is told. */
    void breakOff(LockException cause) {
        connection.thread().run(() -> {
            if (!closed) {
                closed = true;
                endStream();
                watcher.onBroken(cause);
            }
        });
    }

    private void endStream() {
        lock.forget(this);
        Stream stream = current;
        current = null;
        if (stream != null) {
            stream.end();
        }
    }

    @Override
    public void close() {
        closed = true;
        connection.thread().run(this::endStream);
    }
}
