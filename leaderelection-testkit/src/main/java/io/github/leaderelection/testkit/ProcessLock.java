package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A lock of the space under another identity: faults of the space go by identity, and two processes of one identity have
 * networks of their own.
 */
record ProcessLock(ResourceLock inSpace, String identity) implements ResourceLock {

    @Override
    public String describe() {
        return inSpace.describe();
    }

    @Override
    public LockCapabilities capabilities() {
        return inSpace.capabilities();
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return inSpace.get();
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return inSpace.create(record);
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        return inSpace.update(record, expected);
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        return inSpace.watch(watcher);
    }

    @Override
    public void recordEvent(String message) {
        inSpace.recordEvent(message);
    }

    @Override
    public void close() {
        inSpace.close();
    }
}
