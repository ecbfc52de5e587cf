package io.github.leaderelection.lock.etcd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Requests that depend on each other. */
final class InTurn {

    private InTurn() {}

    /**
     * Two requests, the second of which depends on the reply to the first. To cancel the stage is to call off the one that is
     * under way.
     */
    static <T, R> CompletableFuture<R> send(
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
}
