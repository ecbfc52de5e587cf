package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Kind;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A candidate's access to a record of the space. A stage is complete when it is returned, unless a fault holds it up. */
final class InMemoryLock implements ResourceLock {

    private static final LockCapabilities CAPABILITIES =
            new LockCapabilities(true, Duration.ofMillis(1), Duration.ofMillis(1));

    private final InMemorySpace space;
    private final InMemoryStore store;
    private final String election;
    private final String identity;

    /** This and below guarded by this object's monitor; replies are given outside of it. */
    private final Map<CompletableFuture<?>, Call> underWay = new HashMap<>();

    private boolean closed;

    InMemoryLock(InMemorySpace space, InMemoryStore store, String election, String identity) {
        this.space = space;
        this.store = store;
        this.election = election;
        this.identity = identity;
    }

    String election() {
        return election;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return "election '" + election + "' in memory";
    }

    @Override
    public LockCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return send(Call.READ, () -> store.read(election));
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return send(Call.WRITE, () -> store.create(election, record));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof InMemoryVersion)) {
            throw new IllegalArgumentException("expected a version of an in-memory lock, but got "
                    + expected.getClass().getName() + ": hand back what this kind of lock handed out");
        }
        return send(Call.WRITE, () -> store.update(election, record, expected));
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        if (isClosed()) {
            watcher.onBroken(closedFailure());
            return () -> {};
        }
        space.count(Call.WATCH);
        Optional<Kind> fault = space.faults(identity).take(Call.WATCH).map(InMemoryFault::kind);
        if (fault.isPresent() && (fault.get() == Kind.REFUSE || fault.get() == Kind.DENY)) {
            watcher.onBroken(fault.get() == Kind.REFUSE ? refusal() : denial());
            return () -> {};
        }
        InMemoryWatch watch = store.watch(this, watcher, fault.isPresent());
        if (isClosed()) {
            watch.close();
        }
        return watch;
    }

    @Override
    public void recordEvent(String message) {
        space.recordEvent(election, message);
    }

    @Override
    public void close() {
        Map<CompletableFuture<?>, Call> abandoned;
        synchronized (this) {
            closed = true;
            abandoned = Map.copyOf(underWay);
            underWay.clear();
        }
        store.endWatches(this);
        abandoned.forEach((reply, call) -> reply.completeExceptionally(unanswered(call)));
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private <T> CompletionStage<T> send(Call call, Supplier<T> request) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedFailure());
            }
            underWay.put(reply, call);
        }
        space.count(call);
        Optional<InMemoryFault> fault = space.faults(identity).take(call);
        if (fault.isEmpty()) {
            answer(reply, outcome(request));
        } else {
            sendThrough(fault.get(), call, request, reply);
        }
        return reply;
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

    private <T> void answer(CompletableFuture<T> reply, CompletableFuture<T> outcome) {
        synchronized (this) {
            underWay.remove(reply);
        }
        outcome.whenComplete((result, failure) -> {
            if (failure == null) {
                reply.complete(result);
            } else {
                reply.completeExceptionally(failure);
            }
        });
    }

    private LockException closedFailure() {
        return new LockUnavailableException(
                "the lock of '" + identity + "' on " + describe() + " is closed: open another");
    }

    private LockException refusal() {
        return new LockUnavailableException(describe() + " refuses '" + identity + "', as a fault demands: heal it");
    }

    private LockException denial() {
        return new LockDeniedException(describe() + " denies '" + identity + "' access, as a fault demands: heal it");
    }

    private LockException unanswered(Call call) {
        String message = "no reply came to '" + identity + "' from " + describe();
        return call == Call.WRITE
                ? new LockIndeterminateException(message + ": the write may have been applied; read to learn")
                : new LockUnavailableException(message + ": read again");
    }
}
