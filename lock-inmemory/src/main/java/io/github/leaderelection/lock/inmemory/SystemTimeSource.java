package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The clocks of the JVM, and the JDK's own timer, so that a space has no thread that somebody would have to end. */
enum SystemTimeSource implements TimeSource {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture.delayedExecutor(Math.max(0, delayNanos), TimeUnit.NANOSECONDS)
                .execute(() -> {
                    if (done.compareAndSet(false, true)) {
                        task.run();
                    }
                });
        return () -> done.set(true);
    }
}
