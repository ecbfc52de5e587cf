package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.github.leaderelection.spi.LockException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Reads what stands under the keys of watches, for one stream: linearizably, and many keys with one request, as each of
 * thousands of watches has to be told its state when a stream begins. Keys that nobody watches are not read.
 *
 * <p>Confined to the thread of the connection.
 */
final class EtcdCatchUp {

    /** etcd takes 128 operations in one transaction, unless it is told otherwise. */
    private static final int KEYS_MAX = 100;

    /** So many requests are under way at once. */
    private static final int CALLS_MAX = 4;

    private final EtcdConnection connection;
    private final EtcdErrors errors;
    private final Consumer<LockException> onFailure;
    private final EtcdCalls calls;
    private final Set<EtcdWatch> waiting = new LinkedHashSet<>();
    private int keysMax = KEYS_MAX;
    private int underWay;
    private boolean due;
    private boolean ended;
    private long revision;

    /**
     * Nothing to read yet.
     *
     * @param onFailure told when reading failed; nothing is read after that
     */
    EtcdCatchUp(EtcdConnection connection, EtcdErrors errors, Consumer<LockException> onFailure) {
        this.connection = connection;
        this.errors = errors;
        this.onFailure = onFailure;
        this.calls = new EtcdCalls(connection, connection.requestTurns(), errors::closed);
    }

    /** What came back for some keys, in their order. */
    private record Reply(long revision, List<List<KeyValue>> found) {}

    /** Reads for a watch soon, together with those that are added before that. */
    void add(EtcdWatch watch) {
        waiting.add(watch);
        if (!due) {
            due = true;
            connection.thread().run(() -> {
                due = false;
                send();
            });
        }
    }

    /** Tells that etcd has come to that revision: what is read from now on is no older. */
    void reached(long reached) {
        revision = Math.max(revision, reached);
    }

    /** The latest revision that etcd is known to have come to. */
    long revision() {
        return revision;
    }

    /** Whether all has been read. */
    boolean isDone() {
        return waiting.isEmpty() && underWay == 0;
    }

    /** Reads no more, and calls off what is under way. */
    void end() {
        ended = true;
        calls.close();
    }

    private void send() {
        while (!ended && underWay < CALLS_MAX && !waiting.isEmpty()) {
            List<EtcdWatch> batch = nextBatch();
            if (!batch.isEmpty()) {
                send(batch);
            }
        }
    }

    private List<EtcdWatch> nextBatch() {
        List<EtcdWatch> batch = new ArrayList<>(Math.min(keysMax, waiting.size()));
        for (Iterator<EtcdWatch> left = waiting.iterator(); left.hasNext() && batch.size() < keysMax; ) {
            EtcdWatch watch = left.next();
            left.remove();
            if (!watch.isClosed()) {
                batch.add(watch);
            }
        }
        return batch;
    }

    private void send(List<EtcdWatch> batch) {
        underWay++;
        long asked = revision;
        calls.send(
                        client -> request(client.getKVClient(), batch),
                        (error, surelyNotSent) -> errors.ofRead(error),
                        reply -> reply)
                .whenComplete((reply, error) -> connection.thread().run(() -> {
                    underWay--;
                    if (ended) {
                        return;
                    }
                    if (reply != null) {
                        read(batch, asked, reply);
                    } else {
                        failed(batch, error);
                    }
                    send();
                }));
    }

    private static CompletableFuture<Reply> request(KV kv, List<EtcdWatch> batch) {
        if (batch.size() == 1) {
            return kv.get(batch.get(0).key())
                    .thenApply(reply -> new Reply(reply.getHeader().getRevision(), List.of(reply.getKvs())));
        }
        Op[] reads = batch.stream()
                .map(watch -> Op.get(watch.key(), GetOption.DEFAULT))
                .toArray(Op[]::new);
        return kv.txn()
                .Then(reads)
                .commit()
                .thenApply(reply -> new Reply(
                        reply.getHeader().getRevision(),
                        reply.getGetResponses().stream()
                                .map(GetResponse::getKvs)
                                .toList()));
    }

    private void read(List<EtcdWatch> batch, long asked, Reply reply) {
        if (reply.revision() < asked) {
            onFailure.accept(errors.silent("revisions that grow, but etcd counts from the beginning again"));
            return;
        }
        reached(reply.revision());
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).tell(reply.revision(), reply.found().get(i));
        }
    }

    private void failed(List<EtcdWatch> batch, Throwable error) {
        if (batch.size() > 1 && EtcdErrors.isTooMuch(error)) {
            keysMax = Math.min(keysMax, batch.size() / 2);
            waiting.addAll(batch);
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        onFailure.accept(cause instanceof LockException known ? known : errors.ofRead(cause));
    }
}
