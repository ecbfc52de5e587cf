package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The way of one sender's requests to the space and of the replies back, on which faults strike. A reply is complete when it is
 * returned, unless a fault holds it up.
 */
final class InMemoryRequests {

    private final InMemorySpace space;
    private final String sender;
    private final String place;

    /** This and below guarded by this object's monitor; replies are given outside of it. */
    private final Map<CompletableFuture<?>, Call> underWay = new HashMap<>();

    private boolean closed;

    /** Requests that the faults of {@code sender} strike; {@code place} says in messages where they go. */
    InMemoryRequests(InMemorySpace space, String sender, String place) {
        this.space = space;
        this.sender = sender;
        this.place = place;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Fails what is under way, and whatever is sent from now on. */
    void close() {
        Map<CompletableFuture<?>, Call> abandoned;
        synchronized (this) {
            closed = true;
            abandoned = Map.copyOf(underWay);
            underWay.clear();
        }
        abandoned.forEach((reply, call) -> reply.completeExceptionally(unanswered(call)));
    }

    <T> CompletableFuture<T> send(Call call, Supplier<T> request) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedFailure());
            }
            underWay.put(reply, call);
        }
        reply.whenComplete((result, failure) -> forget(reply));
        space.count(call);
        Optional<InMemoryFault> fault = space.faults(sender).take(call);
        if (fault.isEmpty()) {
            answer(reply, outcome(request));
        } else {
            sendThrough(fault.get(), call, request, reply);
        }
        return reply;
    }

    private synchronized void forget(CompletableFuture<?> reply) {
        underWay.remove(reply);
    }

    private <T> void sendThrough(InMemoryFault fault, Call call, Supplier<T> request, CompletableFuture<T> reply) {
        switch (fault.kind()) {
            case REFUSE -> answer(reply, CompletableFuture.failedFuture(refusal()));
            case DENY -> answer(reply, CompletableFuture.failedFuture(denial()));
            case DELAY -> delay(fault.delay().toNanos(), request, reply);
            case LOSE_REQUEST -> {
                // Under way until close() fails it.
            }
            case LOSE_REPLY -> {
                outcome(request);
                answer(reply, CompletableFuture.failedFuture(unanswered(call)));
            }
            // Applied, and then under way until close() fails it.
            case SWALLOW_REPLY -> outcome(request);
        }
    }

    private <T> void delay(long delayNanos, Supplier<T> request, CompletableFuture<T> reply) {
        long thereNanos = delayNanos / 2;
        long backNanos = delayNanos - thereNanos;
        space.time()
                .schedule(
                        () -> {
                            CompletableFuture<T> outcome = outcome(request);
                            space.time().schedule(() -> answer(reply, outcome), backNanos);
                        },
                        thereNanos);
    }

    private static <T> CompletableFuture<T> outcome(Supplier<T> request) {
        try {
            return CompletableFuture.completedFuture(request.get());
        } catch (LockException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static <T> void answer(CompletableFuture<T> reply, CompletableFuture<T> outcome) {
        outcome.whenComplete((result, failure) -> {
            if (failure == null) {
                reply.complete(result);
            } else {
                reply.completeExceptionally(failure);
            }
        });
    }

    LockException closedFailure() {
        return new LockUnavailableException("the lock of '" + sender + "' on " + place + " is closed: open another");
    }

    LockException refusal() {
        return new LockUnavailableException(place + " refuses '" + sender + "', as a fault demands: heal it");
    }

    LockException denial() {
        return new LockDeniedException(place + " denies '" + sender + "' access, as a fault demands: heal it");
    }

    private LockException unanswered(Call call) {
        String message = "no reply came to '" + sender + "' from " + place;
        return switch (call) {
            case READ, WATCH -> new LockUnavailableException(message + ": read again");
            case WRITE -> new LockIndeterminateException(message + ": the write may have been applied; read to learn");
            case SESSION, KEEP_ALIVE ->
                new LockIndeterminateException(message + ": the request may have been applied; ask again");
        };
    }
}
