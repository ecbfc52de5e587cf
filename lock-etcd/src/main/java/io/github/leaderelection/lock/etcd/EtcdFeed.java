package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Observes a range of keys for any number of watches, through streams of jetcd, of which each lives until the first sign of
 * trouble: an error, an end and a silence are alike, and lead to a new stream and a new read. There is a stream only while
 * somebody watches.
 *
 * <p>The stream is opened first, from the present, and what is watched is read when etcd says that the stream stands: what
 * happened before a read is in the read, what happens after it is in the stream. So no revision is ever asked for that etcd
 * has compacted away, or that lies in the future of an etcd that lost its data and counts from one again.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class EtcdFeed {

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final EtcdConnection connection;
    private final EtcdRange range;
    private final EtcdErrors errors;
    private final long probeNanos;
    /** The first watch of each key; the others hang on it. */
    private final Map<ByteSequence, EtcdWatch> watches = new HashMap<>();

    private @Nullable Stream current;
    /** Counts the times that somebody began to watch where nobody did. */
    private int season;

    private int failures;
    private long brokenSinceNanos;

    /**
     * Nobody watches yet.
     *
     * @param errors what errors of that range mean
     */
    EtcdFeed(EtcdConnection connection, EtcdRange range, EtcdErrors errors) {
        this.connection = connection;
        this.range = range;
        this.errors = errors;
        this.probeNanos = connection.requestTimeout().toNanos();
    }

    /** Whether it tells of that key. */
    boolean covers(ByteSequence key) {
        return range.contains(key);
    }

    /** Has a watch told of its key. From any thread. */
    void add(EtcdWatch watch) {
        connection.thread().run(() -> {
            if (watch.isClosed()) {
                return;
            }
            if (watch.lock().isClosed()) {
                watch.breakOff(watch.lock().errors().closed());
                return;
            }
            boolean first = watches.isEmpty();
            watch.next = watches.put(watch.key(), watch);
            Stream stream = current;
            if (first) {
                season++;
                failures = 0;
                open();
            } else if (stream != null && stream.stands) {
                stream.reads.add(watch);
            }
        });
    }

    /** Has a watch told no more. From any thread. */
    void remove(EtcdWatch watch) {
        connection.thread().run(() -> unlink(watch));
    }

    /** Ends the watches of a lock that is closed, and says so to their watchers. From any thread. */
    void closed(EtcdLock lock) {
        connection.thread().run(() -> {
            List<EtcdWatch> ended = new ArrayList<>();
            for (EtcdWatch watch = watches.get(lock.key()); watch != null; watch = watch.next) {
                if (watch.lock() == lock) {
                    ended.add(watch);
                }
            }
            ended.forEach(this::unlink);
            ended.forEach(watch -> watch.breakOff(lock.errors().closed()));
        });
    }

    private void unlink(EtcdWatch watch) {
        EtcdWatch first = watches.get(watch.key());
        if (first == watch) {
            if (watch.next == null) {
                watches.remove(watch.key());
            } else {
                watches.put(watch.key(), watch.next);
            }
        } else {
            for (EtcdWatch before = first; before != null; before = before.next) {
                if (before.next == watch) {
                    before.next = watch.next;
                }
            }
        }
        if (watches.isEmpty()) {
            endStream();
        }
    }

    private void endStream() {
        Stream stream = current;
        current = null;
        if (stream != null) {
            stream.end();
        }
    }

    private void forEach(Consumer<EtcdWatch> action) {
        for (EtcdWatch first : watches.values()) {
            for (EtcdWatch watch = first; watch != null; watch = watch.next) {
                action.accept(watch);
            }
        }
    }

    private void open() {
        Stream stream = new Stream();
        current = stream;
        try {
            stream.jetcd = connection.client().getWatchClient().watch(range.key(), range.watchFromNow(), stream);
        } catch (RuntimeException failed) {
            trouble(stream, errors.ofRead(failed));
            return;
        }
        connection.thread().schedule(() -> probe(stream), probeNanos);
    }

    /** One stream of jetcd. jetcd calls it on threads of its own and under its own lock, so that all is handed on. */
    private final class Stream implements Watch.Listener {
        private final EtcdCatchUp reads = new EtcdCatchUp(connection, errors, cause -> trouble(this, cause));
        private Watch.@Nullable Watcher jetcd;
        private boolean stands;
        private boolean heard;
        private boolean asked;
        /** How far etcd had come when the stream was asked to say something. */
        private long askedRevision;
        /** The latest revision that the stream itself told of. */
        private long heardRevision;

        @Override
        public void onNext(WatchResponse response) {
            connection.thread().run(() -> received(this, response));
        }

        @Override
        public void onError(Throwable error) {
            connection.thread().run(() -> trouble(this, errors.ofRead(error)));
        }

        @Override
        public void onCompleted() {
            connection.thread().run(() -> trouble(this, errors.silent("a stream without end, but etcd ended it")));
        }

        /** jetcd would open the stream again by itself, from where it was; see the class. */
        private void end() {
            reads.end();
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
        long revision = response.getHeader().getRevision();
        List<WatchEvent> events = response.getEvents();
        if (response.isCreatedNotify()) {
            stream.stands = true;
            forEach(EtcdWatch::forgetRevision);
            forEach(stream.reads::add);
        } else if (revision < stream.heardRevision || (events.isEmpty() && revision < stream.askedRevision)) {
            // Behind what etcd had come to: it lost its data, or this member lags; a read shows what is so.
            forEach(stream.reads::add);
        }
        stream.heardRevision = revision;
        stream.reads.reached(revision);
        events.forEach(this::tell);
    }

    private void tell(WatchEvent event) {
        KeyValue found = event.getKeyValue();
        List<KeyValue> state = event.getEventType() == WatchEvent.EventType.PUT ? List.of(found) : List.of();
        for (EtcdWatch watch = watches.get(found.getKey()); watch != null; watch = watch.next) {
            watch.tell(found.getModRevision(), state);
        }
    }

    /**
     * A stream that says nothing is asked to, and one that does not answer either is dead; while leaders renew, nothing is
     * asked. Only a stream that has proven well ends a row of failures: streams that all die right after they were opened must
     * come to an end.
     */
    private void probe(Stream stream) {
        Watch.Watcher opened = stream.jetcd;
        if (stream != current || opened == null) {
            return;
        }
        if (!stream.stands || (stream.asked && !stream.heard)) {
            trouble(stream, errors.silent("an answer within " + connection.requestTimeout()));
            return;
        }
        if (stream.reads.isDone()) {
            failures = 0;
        }
        stream.asked = !stream.heard;
        stream.heard = false;
        try {
            if (stream.asked) {
                stream.askedRevision = stream.reads.revision();
                opened.requestProgress();
            }
        } catch (RuntimeException failed) {
            trouble(stream, errors.ofRead(failed));
            return;
        }
        connection.thread().schedule(() -> probe(stream), probeNanos);
    }

    /** Ends a stream; opens another one, unless there is no hope or it has been tried for too long. */
    private void trouble(Stream stream, LockException cause) {
        if (stream != current) {
            return;
        }
        endStream();
        long now = System.nanoTime();
        if (failures++ == 0) {
            brokenSinceNanos = now;
        }
        if (now - brokenSinceNanos > 2 * probeNanos) {
            breakOffAll(cause);
            return;
        }
        long backoff = Math.min(BACKOFF_NANOS_MIN << Math.min(failures, 10), BACKOFF_NANOS_MAX);
        int troubled = season;
        connection.thread().schedule(() -> reopen(troubled), backoff);
    }

    /**
     * Reads before it opens the next stream: jetcd's watch does not tell apart what can heal, as a token that ran out, and
     * what cannot, as a right that was taken away; a read does.
     */
    private void reopen(int troubled) {
        if (isOver(troubled)) {
            return;
        }
        EtcdCall<?> touch = new EtcdCall<>(
                connection,
                client -> range.touch(client.getKVClient()),
                (error, surelyNotSent) -> errors.ofRead(error));
        touch.result()
                .whenComplete((reply, error) -> connection.thread().run(() -> {
                    if (isOver(troubled)) {
                        return;
                    }
                    if (error instanceof LockDeniedException denied) {
                        breakOffAll(denied);
                    } else {
                        open();
                    }
                }));
        touch.start(connection.requestTurns());
    }

    /** Whether those who watched at that time have all gone since. */
    private boolean isOver(int troubled) {
        return watches.isEmpty() || season != troubled;
    }

    private void breakOffAll(LockException cause) {
        List<EtcdWatch> broken = new ArrayList<>();
        forEach(broken::add);
        watches.clear();
        broken.forEach(watch -> watch.breakOff(cause));
    }
}
