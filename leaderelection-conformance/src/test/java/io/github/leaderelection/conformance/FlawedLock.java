package io.github.leaderelection.conformance;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A lock with the flaws of its store, to see that the suite finds them. */
final class FlawedLock implements ResourceLock {

    private final FlawedStore store;
    private final String election;
    private final String identity;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private Optional<LockSnapshot> lastSeen = Optional.empty();

    FlawedLock(FlawedStore store, String election, String identity) {
        this.store = store;
        this.election = election;
        this.identity = identity;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return "election " + election + " in a flawed store";
    }

    @Override
    public LockCapabilities capabilities() {
        return new LockCapabilities(true, Duration.ofMillis(1), Duration.ofMillis(1));
    }

    @Override
    public Optional<LockSessions> sessions() {
        return store.has(Flaw.DROPS_SESSIONS) ? Optional.empty() : Optional.of(store.sessions());
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return answer(() -> store.read(election));
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> look(Duration patience) {
        return answer(() -> {
            Optional<LockSnapshot> before = lastSeen;
            lastSeen = store.read(election);
            return store.has(Flaw.LOOKS_LAG) ? before : lastSeen;
        });
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return answer(() -> result(store.write(election, record, Optional.empty())));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof FlawedStore.Version)) {
            throw new IllegalArgumentException("not a version of this kind of lock: " + expected);
        }
        return answer(() -> result(store.write(election, record, Optional.of(expected))));
    }

    private static WriteResult result(Optional<LockVersion> written) {
        return written.map(WriteResult::written).orElseGet(WriteResult::conflict);
    }

    private <T> CompletionStage<T> answer(Supplier<T> request) {
        if (isClosed()) {
            return CompletableFuture.failedFuture(new LockUnavailableException("closed: open another"));
        }
        try {
            return CompletableFuture.completedFuture(request.get());
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private boolean isClosed() {
        return closed && !store.has(Flaw.WORKS_AFTER_CLOSE);
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        if (isClosed()) {
            throw new LockUnavailableException("closed: open another");
        }
        FlawedStore.Watching watching = store.watch(election, watcher);
        Subscription subscription = () -> store.unwatch(watching);
        subscriptions.add(subscription);
        return subscription;
    }

    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
    }
}
