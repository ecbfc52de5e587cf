package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits for a watch to break, and keeps the cause. */
final class Broken implements LockWatcher {

    private final CompletableFuture<LockException> cause = new CompletableFuture<>();

    LockException cause() {
        return cause.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void onRecord(Optional<LockSnapshot> snapshot) {}

    @Override
    public void onMalformed(MalformedRecordException error) {}

    @Override
    public void onBroken(LockException error) {
        cause.complete(error);
    }
}
