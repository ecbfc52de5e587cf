package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Client;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The requests of one owner that are under way, which fail when it is closed. */
final class EtcdCalls {

    private final EtcdConnection connection;
    private final EtcdErrors errors;
    private final Set<EtcdCall<?>> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** None yet. */
    EtcdCalls(EtcdConnection connection, EtcdErrors errors) {
        this.connection = connection;
        this.errors = errors;
    }

    /** What {@code reading} makes of the reply. To cancel it is to call the request off, on the wire as well. */
    <T, R> CompletableFuture<R> send(
            Function<Client, CompletableFuture<T>> request,
            EtcdCall.Translation translation,
            Function<? super T, R> reading) {
        if (closed) {
            return CompletableFuture.failedFuture(errors.closed());
        }
        EtcdCall<T> call = new EtcdCall<>(connection, request, translation);
        underWay.add(call);
        call.result().whenComplete((reply, error) -> underWay.remove(call));
        call.start();
        if (closed) {
            call.abort();
        }
        return call.result(reading);
    }

    /**
     * Two requests, the second of which depends on the reply to the first. To cancel the stage is to call off the one that is
     * under way.
     */
    static <T, R> CompletableFuture<R> inTurn(
            CompletableFuture<T> first, Function<? super T, CompletableFuture<R>> next) {
        CompletableFuture<R> both = new CompletableFuture<>();
        callOffWith(both, first);
        first.whenComplete((reply, error) -> {
            if (error != null) {
                both.completeExceptionally(causeOf(error));
            } else if (!both.isDone()) {
                CompletableFuture<R> second = next.apply(reply);
                callOffWith(both, second);
                second.whenComplete((value, failed) -> {
                    if (failed != null) {
                        both.completeExceptionally(causeOf(failed));
                    } else {
                        both.complete(value);
                    }
                });
            }
        });
        return both;
    }

    private static void callOffWith(CompletableFuture<?> both, CompletableFuture<?> request) {
        both.whenComplete((value, error) -> {
            if (both.isCancelled()) {
                request.cancel(false);
            }
        });
    }

    private static Throwable causeOf(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Lets what is under way fail, and all that is sent from now on. Idempotent. */
    void close() {
        closed = true;
        underWay.forEach(EtcdCall::abort);
    }
}
