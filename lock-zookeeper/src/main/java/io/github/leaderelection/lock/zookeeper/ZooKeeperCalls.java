package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.LockException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The calls of one owner that are under way; they end with it. */
final class ZooKeeperCalls {

    private final ZooKeeperConnection connection;
    private final Supplier<? extends LockException> whenClosed;
    private final Set<ZooKeeperCall<?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * None yet.
     *
     * @param whenClosed what a call fails with that comes after the end
     */
    ZooKeeperCalls(ZooKeeperConnection connection, Supplier<? extends LockException> whenClosed) {
        this.connection = connection;
        this.whenClosed = whenClosed;
    }

    /** Makes a call, and answers what {@code reading} makes of its answer. */
    <T, R> CompletableFuture<R> call(
            ZooKeeperCall.Request<T> request, ZooKeeperCall.Translation translation, Function<T, R> reading) {
        if (closed) {
            return CompletableFuture.failedFuture(whenClosed.get());
        }
        ZooKeeperCall<T> call = new ZooKeeperCall<>(connection, request, translation);
        calls.add(call);
        call.result().whenComplete((answer, error) -> calls.remove(call));
        call.start();
        if (closed) {
            call.abort();
        }
        return call.result(reading);
    }

    /** Gives up what is under way, and takes no more. Idempotent. */
    void close() {
        closed = true;
        calls.forEach(ZooKeeperCall::abort);
    }
}
