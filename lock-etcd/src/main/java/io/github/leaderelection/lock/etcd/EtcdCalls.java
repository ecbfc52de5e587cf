package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Client;
import io.github.leaderelection.lock.support.Turns;
import io.github.leaderelection.spi.LockException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The requests of one owner that are under way, which fail when it is closed. May be used from any thread. */
final class EtcdCalls {

    private final EtcdConnection connection;
    private final Turns turns;
    private final Supplier<? extends LockException> refusal;

    /** Copied with each change: there are thousands of owners, and few requests of each. Null once the owner is closed. */
    private @Nullable List<EtcdCall<?>> underWay = List.of();

    /**
     * None yet.
     *
     * @param turns those of the connection that are for such requests
     * @param refusal the answer to requests that are sent after the owner was closed
     */
    EtcdCalls(EtcdConnection connection, Turns turns, Supplier<? extends LockException> refusal) {
        this.connection = connection;
        this.turns = turns;
        this.refusal = refusal;
    }

    /** What {@code reading} makes of the reply. To cancel it is to call the request off, on the wire as well. */
    <T, R> CompletableFuture<R> send(
            Function<Client, CompletableFuture<T>> request,
            EtcdCall.Translation translation,
            Function<? super T, R> reading) {
        EtcdCall<T> call = new EtcdCall<>(connection, request, translation);
        if (!add(call)) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        call.result().whenComplete((reply, error) -> remove(call));
        call.start(turns);
        return call.result(reading);
    }

    private synchronized boolean add(EtcdCall<?> call) {
        if (underWay == null) {
            return false;
        }
        underWay = Stream.concat(underWay.stream(), Stream.of(call)).toList();
        return true;
    }

    private synchronized void remove(EtcdCall<?> call) {
        if (underWay != null) {
            underWay = underWay.stream().filter(other -> other != call).toList();
        }
    }

    /** Lets what is under way fail, and all that is sent from now on. Idempotent. */
    void close() {
        List<EtcdCall<?>> aborted;
        synchronized (this) {
            aborted = underWay;
            underWay = null;
        }
        if (aborted != null) {
            aborted.forEach(EtcdCall::abort);
        }
    }
}
