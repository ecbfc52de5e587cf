package io.github.leaderelection;

import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A lock that has an identity and capabilities and is always empty.
 *
 * @param settings what it was opened with, if it was
 */
record FakeLock(String identity, LockCapabilities capabilities, Optional<LockSettings> settings)
        implements ResourceLock {

    static final LockCapabilities WHOLE_SECONDS =
            new LockCapabilities(false, Duration.ofSeconds(1), Duration.ofSeconds(1));

    static FakeLock of(LockCapabilities capabilities) {
        return new FakeLock("a", capabilities, Optional.empty());
    }

    static FakeLock opened(LockSettings settings) {
        return new FakeLock(settings.identity(), WHOLE_SECONDS, Optional.of(settings));
    }

    @Override
    public String describe() {
        return "fake lock";
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return CompletableFuture.completedStage(WriteResult.conflict());
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        return CompletableFuture.completedStage(WriteResult.conflict());
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        throw new UnsupportedOperationException("the fake lock cannot watch");
    }

    @Override
    public void close() {}
}
