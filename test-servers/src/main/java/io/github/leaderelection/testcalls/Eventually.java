package io.github.leaderelection.testcalls;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits that end on a condition, and have a generous bound. */
public final class Eventually {

    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Eventually() {}

    public static void isTrue(String claim, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > BOUND_NANOS) {
                fail("within 30 s it did not come true that " + claim);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
