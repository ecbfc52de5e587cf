package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Kind;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A candidate's access to a record of the space. A stage is complete when it is returned, unless a fault holds it up. */
final class InMemoryLock implements ResourceLock {

    private final InMemorySpace space;
    private final InMemoryStore store;
    private final LockSessions sessions;
    private final String election;
    private final String identity;
    private final LockCapabilities capabilities;
    private final InMemoryRequests requests;

    InMemoryLock(InMemorySpace space, LockSessions sessions, String election, String identity, Leases leases) {
        this.space = space;
        this.store = space.store();
        this.sessions = sessions;
        this.election = election;
        this.identity = identity;
        this.capabilities =
                new LockCapabilities(true, InMemorySpace.LEASE_MIN, InMemorySpace.LEASE_MIN, leases == Leases.SESSION);
        this.requests = new InMemoryRequests(space, identity, describe());
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
        return capabilities;
    }

    @Override
    public Optional<LockSessions> sessions() {
        return Optional.of(sessions);
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return requests.send(Call.READ, () -> store.read(election));
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return requests.send(Call.WRITE, () -> store.create(election, record));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof InMemoryVersion)) {
            throw new IllegalArgumentException("expected a version of an in-memory lock, but got "
                    + expected.getClass().getName() + ": hand back what this kind of lock handed out");
        }
        return requests.send(Call.WRITE, () -> store.update(election, record, expected));
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        if (requests.isClosed()) {
            watcher.onBroken(requests.closedFailure());
            return () -> {};
        }
        space.count(Call.WATCH);
        Optional<Kind> fault = space.faults(identity).take(Call.WATCH).map(InMemoryFault::kind);
        if (fault.isPresent() && (fault.get() == Kind.REFUSE || fault.get() == Kind.DENY)) {
            watcher.onBroken(fault.get() == Kind.REFUSE ? requests.refusal() : requests.denial());
            return () -> {};
        }
        InMemoryWatch watch = store.watch(this, watcher, fault.isPresent());
        if (requests.isClosed()) {
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
        requests.close();
        store.endWatches(this);
    }
}
