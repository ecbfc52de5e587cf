package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.LockException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/**
 * One call: one or more requests to ZooKeeper, with one deadline for all. Without a connection it waits for one until then,
 * and is sent at most once. When its result is cancelled, nothing of it is sent any more; what was sent already cannot be
 * called off.
 *
 * @param <T> the answer
 */
final class ZooKeeperCall<T> {

    /** What a call asks of ZooKeeper. Answers to its requests come on ZooKeeper's own thread. */
    @FunctionalInterface
    interface Request<T> {
        void send(ZooKeeper zooKeeper, ZooKeeperCall<T> call);
    }

    /** What a failure means. */
    @FunctionalInterface
    interface Translation {
        LockException translate(Throwable error, boolean surelyNotSent);
    }

    private final ZooKeeperConnection connection;
    private final Request<T> request;
    private final Translation translation;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    /** By whoever sends it, or gives it up before. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private final Runnable sender = this::send;

    ZooKeeperCall(ZooKeeperConnection connection, Request<T> request, Translation translation) {
        this.connection = connection;
        this.request = request;
        this.translation = translation;
    }

    /** The answer; fails with what the translation made of an error, and with nothing else. */
    CompletableFuture<T> result() {
        return result;
    }

    /** What {@code reading} makes of the answer. To cancel it is to give the call up, as with {@link #result()}. */
    <R> CompletableFuture<R> result(Function<? super T, R> reading) {
        CompletableFuture<R> read = result.thenApply(reading);
        read.whenComplete((value, error) -> {
            if (read.isCancelled()) {
                result.cancel(false);
            }
        });
        return read;
    }

    /** Whether nothing more is to be sent: it has an answer, or was given up. */
    boolean isOver() {
        return result.isDone();
    }

    /** Sends the request. */
    void start() {
        try {
            Future<?> bound = connection
                    .thread()
                    .timer(this::expire, connection.requestTimeout().toNanos());
            result.whenComplete((answer, error) -> {
                bound.cancel(false);
                connection.forget(sender);
            });
            connection.whenConnected(sender);
        } catch (RejectedExecutionException connectionClosed) {
            fail(connectionClosed, true);
        }
    }

    private void send() {
        if (isOver() || !claimed.compareAndSet(false, true)) {
            return;
        }
        ZooKeeper zooKeeper;
        try {
            zooKeeper = connection.zooKeeper();
        } catch (Exception sessionEnded) {
            fail(sessionEnded, true);
            return;
        }
        try {
            request.send(zooKeeper, this);
        } catch (RuntimeException failed) {
            fail(failed, false);
        }
    }

    private void expire() {
        giveUp("within " + connection.requestTimeout());
    }

    /** Gives the call up: if it was sent, what became of it is unknown. */
    void abort() {
        giveUp("before the lock was closed");
    }

    private void giveUp(String when) {
        boolean neverSent = claimed.compareAndSet(false, true); // and never will be
        Exception cause =
                neverSent ? new ConnectException("no connection " + when) : new TimeoutException("no answer " + when);
        fail(cause, neverSent);
    }

    void answer(T answer) {
        result.complete(answer);
    }

    /** Takes in that ZooKeeper answered with that code. */
    void fail(Code code) {
        fail(KeeperException.create(code), false);
    }

    /** As {@link #fail(Code)}, of a request that came before the write itself: the write was not sent. */
    void failUnwritten(Code code) {
        fail(KeeperException.create(code), true);
    }

    private void fail(Throwable error, boolean surelyNotSent) {
        if (!result.isDone()) {
            result.completeExceptionally(translation.translate(error, surelyNotSent));
        }
    }
}
