package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.github.leaderelection.spi.LockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request to an API server, with a deadline. It is sent once. Only if the API server refused it for its token, before
 * anything was done with it, fabric8's client sends it a second time with a new token.
 *
 * @param <T> what is made of the reply
 */
final class KubernetesCall<T> {

    /** The client gives up at the deadline and closes the connection; this is for when it does not. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    /**
     * What is asked.
     *
     * @param body what is sent along; null for nothing
     */
    record Request(Verb verb, String path, byte @Nullable [] body) {}

    private final KubernetesConnection connection;
    private final Request request;
    private final KubernetesLeaseErrors errors;
    private final Function<Reply, T> reading;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    /** By whoever sends it, or gives it up before. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    /**
     * A call that is not yet sent.
     *
     * @param reading makes of a reply what is wanted, or throws the {@link LockException} that it means
     */
    KubernetesCall(
            KubernetesConnection connection,
            Request request,
            KubernetesLeaseErrors errors,
            Function<Reply, T> reading) {
        this.connection = connection;
        this.request = request;
        this.errors = errors;
        this.reading = reading;
    }

    /** What was made of the reply; fails with a {@link LockException}, and with nothing else. */
    CompletableFuture<T> result() {
        return result;
    }

    void start() {
        try {
            Future<?> bound = connection
                    .thread()
                    .timer(
                            () -> giveUp("within " + connection.requestTimeout()),
                            connection.requestTimeout().toNanos() + GRACE_NANOS);
            result.whenComplete((answer, error) -> bound.cancel(false));
            if (request.verb() == Verb.LIST) {
                connection.requestTurns().takeLast(this::sendInTurn); // a tenure does not hang on a watch
            } else {
                connection.requestTurns().take(this::sendInTurn);
            }
        } catch (RejectedExecutionException connectionClosed) {
            fail(connectionClosed, true);
        }
    }

    private void sendInTurn() {
        result.whenComplete((answer, error) -> connection.requestTurns().giveBack());
        send();
    }

    private void send() {
        if (result.isDone() || !claimed.compareAndSet(false, true)) {
            return; // nobody waits for it any more
        }
        long pauseNanos = connection.pauseNanos();
        if (pauseNanos > 0) {
            result.completeExceptionally(errors.paused(1 + TimeUnit.NANOSECONDS.toMillis(pauseNanos)));
            return;
        }
        Bytes bytes = new Bytes(LeaseDocuments.BODY_BYTES_MAX);
        CompletableFuture<HttpResponse<AsyncBody>> answered;
        try {
            answered = connection.client().consumeBytes(httpRequest(), (buffers, body) -> take(buffers, bytes, body));
        } catch (RuntimeException unsent) { // no token could be had, or the client is closed
            fail(unsent, true);
            return;
        }
        answered.whenComplete((response, error) -> {
            if (error != null) {
                fail(error, false);
            } else {
                read(response, bytes);
            }
        });
    }

    private HttpRequest httpRequest() {
        HttpRequest.Builder builder = connection.request(request.path());
        String method = request.verb().method();
        if (request.body() != null) {
            builder.method(method, "application/json", new String(request.body(), StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    private static void take(List<ByteBuffer> buffers, Bytes bytes, AsyncBody body) throws IOException {
        bytes.add(buffers);
        body.consume();
    }

    private void read(HttpResponse<AsyncBody> response, Bytes bytes) {
        AsyncBody body = response.body();
        result.whenComplete((answer, error) -> body.cancel());
        body.done().whenComplete((done, error) -> {
            if (error != null) {
                fail(error, false);
            } else {
                answered(new Reply(response.code(), bytes.toByteArray()), response.header("Retry-After"));
            }
        });
        body.consume();
    }

    private void answered(Reply reply, @Nullable String retryAfter) {
        boolean overloaded = reply.code() == Reply.TOO_MANY_REQUESTS || reply.code() >= 500;
        if (overloaded && retryAfter != null && SECONDS.matcher(retryAfter).matches()) {
            connection.pause(Duration.ofSeconds(Long.parseLong(retryAfter)));
        }
        try {
            result.complete(reading.apply(reply));
        } catch (LockException meant) {
            result.completeExceptionally(meant);
        } catch (RuntimeException bug) {
            fail(bug, false);
        }
    }

    /** Gives the request up: if it was sent, its fate is unknown. */
    void abort() {
        giveUp("before the lock was closed");
    }

    private void giveUp(String when) {
        boolean neverSent = claimed.compareAndSet(false, true); // and never will be
        fail(new TimeoutException("no answer " + when), neverSent);
    }

    private void fail(Throwable error, boolean surelyNotSent) {
        if (!result.isDone()) {
            result.completeExceptionally(errors.ofFailure(request.verb(), error, surelyNotSent));
        }
    }
}
