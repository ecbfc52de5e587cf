package io.github.leaderelection.lock.inmemory.elector;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits that end on a condition, and fail after a bound that only a broken engine reaches. */
final class Await {

    static final Duration BOUND = Duration.ofSeconds(30);

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    static void until(Supplier<String> what, BooleanSupplier condition) {
        if (!within(BOUND, condition)) {
            throw new AssertionError("not within " + BOUND.toSeconds() + " s: " + what.get());
        }
    }

    /** Whether the condition came to hold within {@code bound} of real time. */
    static boolean within(Duration bound, BooleanSupplier condition) {
        long giveUpNanos = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - giveUpNanos > 0) {
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    static <T> T result(Future<T> future) {
        try {
            return future.get(BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException failed) {
            throw new AssertionError("expected a result, but got " + failed, failed);
        }
    }
}
