package io.github.leaderelection.lock.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.github.leaderelection.lock.kubernetes.LeaseDocuments.Listed;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.Subscription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Observes one Lease: lists it, tells what the list shows, and reads the stream of what happened since the list. When the
 * stream ends, for whatever cause (the API server ends each after some time, and answers 410 where it no longer has the
 * history), it begins anew with a list, which goes to etcd and so is never behind.
 *
 * <p>All state is confined to the thread of the connection.
 */
final class KubernetesLeaseWatch implements Subscription {

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final KubernetesConnection connection;
    private final KubernetesLeaseLock lock;
    private final LockWatcher watcher;
    private volatile boolean closed;
    private @Nullable CompletableFuture<Listed> listing;
    private @Nullable Stream current;
    private boolean told;
    private Optional<KubernetesLeaseVersion> toldVersion = Optional.empty();
    private int failures;
    private long failingSinceNanos;

    KubernetesLeaseWatch(KubernetesConnection connection, KubernetesLeaseLock lock, LockWatcher watcher) {
        this.connection = connection;
        this.lock = lock;
        this.watcher = watcher;
    }

    void start() {
        connection.thread().run(this::list);
    }

    private void list() {
        if (closed) {
            return;
        }
        CompletableFuture<Listed> listing = lock.list();
        this.listing = listing;
        listing.whenComplete((listed, error) -> connection.thread().run(() -> {
            this.listing = null;
            if (closed) {
                return;
            }
            if (listed == null) {
                trouble(causeOf(error));
            } else {
                listed(listed);
            }
        }));
    }

    private void listed(Listed listed) {
        tell(listed.lease());
        Stream stream = new Stream(Long.parseLong(listed.resourceVersion()));
        current = stream;
        long waitNanos = connection.openingPace().plan();
        if (waitNanos == 0) {
            open(stream);
        } else {
            connection.thread().schedule(() -> open(stream), waitNanos);
        }
    }

    private void open(Stream stream) {
        if (stream != current) {
            return;
        }
        stream.openedNanos = System.nanoTime();
        try {
            connection.openingTurns().take(stream::openInTurn);
        } catch (RejectedExecutionException connectionClosed) {
            trouble(lock.errors().closed());
        }
    }

    /** One stream of events, read by threads of the client, which hand all on. */
    private final class Stream {
        private final LineSplitter lines = new LineSplitter(LeaseDocuments.BODY_BYTES_MAX);
        private final Bytes refusal = new Bytes(LeaseDocuments.BODY_BYTES_MAX);
        private volatile boolean refused;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final long listedVersion;
        // Confined to the thread of the connection, as the watch.
        private long toldOrder;
        private long openedNanos = System.nanoTime();

        Stream(long listedVersion) {
            this.listedVersion = listedVersion;
            this.toldOrder = listedVersion;
        }

        void openInTurn() {
            open().whenComplete((response, error) -> connection.openingTurns().giveBack());
        }

        private CompletableFuture<HttpResponse<AsyncBody>> open() {
            if (ended.isDone()) {
                return CompletableFuture.failedFuture(new CancellationException("ended before it was opened"));
            }
            CompletableFuture<HttpResponse<AsyncBody>> answered;
            try {
                answered = connection
                        .client()
                        .consumeBytes(
                                connection
                                        .request(lock.paths().watch(Long.toString(listedVersion)))
                                        .build(),
                                this::take);
            } catch (RuntimeException unsent) {
                handOnTrouble(lock.errors().ofFailure(Verb.WATCH, unsent, true));
                return CompletableFuture.failedFuture(unsent);
            }
            answered.whenComplete((response, error) -> {
                if (error != null) {
                    handOnTrouble(lock.errors().ofFailure(Verb.WATCH, error, false));
                } else {
                    read(response);
                }
            });
            return answered;
        }

        /** Called once the status is known, and not before. */
        private void take(List<ByteBuffer> buffers, AsyncBody body) throws IOException {
            if (refused) {
                refusal.add(buffers);
            } else {
                lines.add(buffers, this::handOn);
            }
            body.consume();
        }

        private void read(HttpResponse<AsyncBody> response) {
            AsyncBody body = response.body();
            refused = !response.isSuccessful();
            ended.whenComplete((nothing, error) -> body.cancel());
            body.done().whenComplete((done, error) -> {
                if (refused) {
                    Reply reply = new Reply(response.code(), refusal.toByteArray());
                    handOnTrouble(lock.errors().ofReply(Verb.WATCH, reply));
                } else if (error != null) {
                    handOnTrouble(lock.errors().ofFailure(Verb.WATCH, error, false));
                } else {
                    handOnTrouble(lock.errors().watchEnded("the API server ended the stream"));
                }
            });
            body.consume();
        }

        private void handOn(byte[] line) {
            connection.thread().run(() -> received(this, line));
        }

        private void handOnTrouble(LockException cause) {
            connection.thread().run(() -> ended(this, cause));
        }

        void end() {
            ended.complete(null);
        }
    }

    private void received(Stream stream, byte[] line) {
        if (stream != current) {
            return;
        }
        JsonObject event;
        try {
            event = JsonParser.parseString(new String(line, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (JsonParseException | IllegalStateException garbage) {
            ended(stream, lock.errors().watchEnded("what came is no event"));
            return;
        }
        String type = event.get("type") instanceof JsonPrimitive text ? text.getAsString() : "";
        JsonElement object = event.get("object");
        if (object == null || type.equals("ERROR")) {
            // Above all 410: the API server no longer has what happened since the list.
            ended(stream, lock.errors().watchEnded(object == null ? "what came is no event" : object.toString()));
            return;
        }
        long order = orderOf(object);
        if (type.equals("BOOKMARK") || order <= stream.toldOrder) {
            return;
        }
        stream.toldOrder = order;
        tell(type.equals("DELETED") ? Optional.empty() : Optional.of(LeaseDocuments.bytes(object)));
    }

    private static long orderOf(JsonElement object) {
        try {
            return object.getAsJsonObject()
                    .getAsJsonObject("metadata")
                    .get("resourceVersion")
                    .getAsLong();
        } catch (RuntimeException noNumber) {
            return Long.MAX_VALUE; // what it is, the snapshot will tell
        }
    }

    private void tell(Optional<byte[]> lease) {
        if (closed) {
            return;
        }
        Optional<LockSnapshot> snapshot;
        try {
            snapshot = lease.map(lock::snapshot);
        } catch (MalformedRecordException malformed) {
            told = false;
            watcher.onMalformed(malformed);
            return;
        }
        Optional<KubernetesLeaseVersion> version = snapshot.map(present -> (KubernetesLeaseVersion) present.version());
        if (told && version.equals(toldVersion)) {
            return; // listed again, and unchanged
        }
        told = true;
        toldVersion = version;
        watcher.onRecord(snapshot);
    }

    /** Only a stream that has lasted ends a row of failures: streams that all die young must come to an end. */
    private void ended(Stream stream, LockException cause) {
        if (stream != current) {
            return;
        }
        current = null;
        stream.end();
        if (System.nanoTime() - stream.openedNanos
                >= connection.requestTimeout().toNanos()) {
            failures = 0;
        }
        trouble(cause);
    }

    /** Lists anew, unless there is no hope or it has been tried for too long. */
    private void trouble(LockException cause) {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        if (failures++ == 0) {
            failingSinceNanos = now;
        }
        boolean tooLong =
                now - failingSinceNanos > 2 * connection.requestTimeout().toNanos();
        if (tooLong || cause instanceof LockDeniedException) {
            breakOff(cause);
            return;
        }
        long backoff = Math.min(BACKOFF_NANOS_MIN << Math.min(failures - 1, 10), BACKOFF_NANOS_MAX);
        connection.thread().schedule(this::list, backoff);
    }

    private LockException causeOf(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof LockException known
                ? known
                : lock.errors()
                        .ofFailure(
                                Verb.LIST,
                                cause == null ? new IllegalStateException("no reply and no error") : cause,
                                false);
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
        if (listing != null) {
            listing.cancel(false); // it may still wait for its turn
        }
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
