package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Client;
import io.github.leaderelection.lock.support.Turns;
import io.github.leaderelection.spi.LockException;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request to etcd, with a deadline: what is late or cancelled is given up, here and on the wire.
 *
 * <p>It is sent once. Only if etcd refused it because its token had run out, before anything was done with it, it is sent a
 * second time with a new token.
 *
 * @param <T> the reply
 */
final class EtcdCall<T> {

    /** What a failure means. */
    @FunctionalInterface
    interface Translation {
        LockException translate(Throwable error, boolean surelyNotSent);
    }

    /** gRPC gives up at the deadline and knows what became of the request; past it nothing is known any more. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A request that is cancelled sooner was no longer wanted; one that waited for so long was not answered. */
    private static final long UNANSWERED_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final EtcdConnection connection;
    private final Function<Client, CompletableFuture<T>> request;
    private final Translation translation;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Deadline deadline;
    /** By whoever sends it, or gives it up before. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private volatile @Nullable Sending sending;

    EtcdCall(EtcdConnection connection, Function<Client, CompletableFuture<T>> request, Translation translation) {
        this.connection = connection;
        this.request = request;
        this.translation = translation;
        this.deadline = Deadline.after(connection.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The reply; fails with what the translation made of an error, and with nothing else. */
    CompletableFuture<T> result() {
        return result;
    }

    /** What {@code reading} makes of the reply. To cancel it is to call the request off, on the wire as well. */
    <R> CompletableFuture<R> result(Function<? super T, R> reading) {
        CompletableFuture<R> read = result.thenApply(reading);
        read.whenComplete((value, error) -> {
            if (read.isCancelled()) {
                callOff();
            }
        });
        return read;
    }

    private void callOff() {
        Sending last = sending;
        if (result.cancel(false) && last != null && System.nanoTime() - last.nanos() >= UNANSWERED_AFTER_NANOS) {
            connection.thread().run(() -> connection.unanswered(last.client()));
        }
    }

    /** Over which client a request was sent, and when. */
    private record Sending(Client client, long nanos) {}

    /** Sends the request, when it is its turn; the time that it waits for that counts. */
    void start(Turns turns) {
        try {
            Future<?> bound = connection
                    .thread()
                    .timer(
                            () -> giveUp(new TimeoutException("no answer within " + connection.requestTimeout())),
                            deadline.timeRemaining(TimeUnit.NANOSECONDS) + GRACE_NANOS);
            result.whenComplete((reply, error) -> bound.cancel(false));
        } catch (RejectedExecutionException connectionClosed) {
            fail(connectionClosed, true);
            return;
        }
        turns.take(() -> sendInTurn(turns));
    }

    private void sendInTurn(Turns turns) {
        result.whenComplete((reply, error) -> turns.giveBack());
        if (result.isDone() || !claimed.compareAndSet(false, true)) {
            return; // nobody waits for it any more
        }
        try {
            send(true);
        } catch (RejectedExecutionException connectionClosed) {
            fail(connectionClosed, true);
        }
    }

    /** Gives the request up: if it was sent, its fate is unknown. */
    void abort() {
        giveUp(new RejectedExecutionException("closed while a request was under way"));
    }

    private void giveUp(Throwable why) {
        boolean neverSent = claimed.compareAndSet(false, true); // and never will be
        fail(why, neverSent);
    }

    private void send(boolean mayRepeat) {
        Client client = connection.client();
        sending = new Sending(client, System.nanoTime());
        CallTrace trace = new CallTrace(deadline);
        Context.CancellableContext context = trace.carriedBy(Context.ROOT).withCancellation();
        result.whenComplete((reply, error) -> context.cancel(null));
        CompletableFuture<T> reply = new CompletableFuture<>();
        context.run(() -> sendOver(client, reply));
        reply.whenComplete((value, error) -> {
            if (error == null) {
                connection.answered();
                result.complete(value);
            } else {
                ended(client, trace, error, mayRepeat);
            }
        });
    }

    private void sendOver(Client client, CompletableFuture<T> reply) {
        try {
            request.apply(client).whenComplete((value, error) -> {
                if (error == null) {
                    reply.complete(value);
                } else {
                    reply.completeExceptionally(error);
                }
            });
        } catch (RuntimeException failed) {
            reply.completeExceptionally(failed);
        }
    }

    private void ended(Client client, CallTrace trace, Throwable error, boolean mayRepeat) {
        if (result.isDone()) {
            return;
        }
        if (EtcdErrors.isAnswer(error)) {
            connection.answered();
        } else {
            connection.unanswered(client);
        }
        if (mayRepeat && EtcdErrors.isStaleToken(error)) {
            try {
                send(false);
            } catch (RejectedExecutionException connectionClosed) {
                fail(connectionClosed, true);
            }
        } else {
            fail(error, trace.surelyNotSent());
        }
    }

    private void fail(Throwable error, boolean surelyNotSent) {
        if (!result.isDone()) {
            result.completeExceptionally(translation.translate(error, surelyNotSent));
        }
    }
}
