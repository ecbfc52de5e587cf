package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.github.leaderelection.lock.support.Gathering;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads that are in no hurry: those of all locks of a client are sent together, when the first of them may wait no longer. Each is
 * as linearizable as one that is sent alone.
 */
final class EtcdLooks {

    /** etcd takes 128 operations in one transaction, unless it is told otherwise. */
    private static final int KEYS_MAX = 100;

    private final EtcdErrors errors;
    private final EtcdCalls calls;
    private final Gathering<Look> waiting;

    /**
     * None yet.
     *
     * @param errors what errors mean for any of the keys
     */
    EtcdLooks(EtcdConnection connection, EtcdErrors errors) {
        this.errors = errors;
        this.calls = new EtcdCalls(connection, connection.requestTurns(), errors::closed);
        this.waiting = new Gathering<>(connection.thread(), this::sendAll);
    }

    private record Look(ByteSequence key, CompletableFuture<List<KeyValue>> found) {}

    /**
     * What stands under a key: one, or nothing.
     *
     * @param patience for how long the read may wait for others
     */
    CompletableFuture<List<KeyValue>> look(ByteSequence key, Duration patience) {
        Look look = new Look(key, new CompletableFuture<>());
        try {
            if (waiting.add(look, patience) == KEYS_MAX) {
                sendAll();
            }
        } catch (RejectedExecutionException closed) {
            look.found().completeExceptionally(errors.closed());
        }
        return look.found();
    }

    private void sendAll() {
        send(waiting.take());
    }

    private void send(List<Look> batch) {
        List<Look> wanted =
                batch.stream().filter(look -> !look.found().isDone()).toList();
        if (wanted.isEmpty()) {
            return;
        }
        calls.send(
                        client -> request(client.getKVClient(), wanted),
                        (error, surelyNotSent) -> errors.ofRead(error),
                        reply -> reply)
                .whenComplete((reply, error) -> {
                    if (error == null) {
                        for (int i = 0; i < wanted.size(); i++) {
                            wanted.get(i).found().complete(reply.get(i));
                        }
                    } else {
                        failed(wanted, error);
                    }
                });
    }

    private static CompletableFuture<List<List<KeyValue>>> request(KV kv, List<Look> batch) {
        Op[] reads = batch.stream()
                .map(look -> Op.get(look.key(), GetOption.DEFAULT))
                .toArray(Op[]::new);
        return kv.txn()
                .Then(reads)
                .commit()
                .thenApply(reply -> reply.getGetResponses().stream()
                        .map(GetResponse::getKvs)
                        .toList());
    }

    private void failed(List<Look> batch, Throwable error) {
        if (batch.size() > 1 && EtcdErrors.isTooMuch(error)) {
            send(batch.subList(0, batch.size() / 2));
            send(batch.subList(batch.size() / 2, batch.size()));
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        batch.forEach(look -> look.found().completeExceptionally(cause));
    }

    /** Lets all fail that is under way or waits. */
    void close() {
        waiting.close().forEach(look -> look.found().completeExceptionally(errors.closed()));
        calls.close();
    }
}
