package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.LeaderElectionRecord;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A lock of a client that is closed with the last of its locks. */
final class EtcdClientLock implements ResourceLock {

    private final EtcdLocks client;
    private final AtomicInteger open;
    private final ResourceLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EtcdClientLock(EtcdLocks client, AtomicInteger open, ResourceLock lock) {
        this.client = client;
        this.open = open;
        this.lock = lock;
        open.incrementAndGet();
    }

    /** The first lock of a client. */
    static EtcdClientLock first(EtcdLocks client, String election, String identity) {
        return new EtcdClientLock(client, new AtomicInteger(), client.lock(election, identity));
    }

    /** Another lock of the same client. */
    EtcdClientLock beside(String election) {
        return new EtcdClientLock(client, open, client.lock(election, identity()));
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }

    @Override
    public LockCapabilities capabilities() {
        return lock.capabilities();
    }

    @Override
    public Optional<LockSessions> sessions() {
        return lock.sessions();
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return lock.get();
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return lock.create(record);
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        return lock.update(record, expected);
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        return lock.watch(watcher);
    }

    @Override
    public void close() {
        lock.close();
        if (closed.compareAndSet(false, true) && open.decrementAndGet() == 0) {
            client.close();
        }
    }
}
