package io.github.leaderelection.it;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting that ends on a condition, or fails with what there was to see. */
final class Waits {

    /** Far beyond what a loaded machine needs, for what takes no time by itself. */
    static final Duration GENEROUS = Duration.ofSeconds(60);

    private Waits() {}

    /** Polls; for what tells nobody when it changes. */
    static void until(String what, Supplier<String> sight, BooleanSupplier condition) {
        long deadline = System.nanoTime() + GENEROUS.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ": not within " + GENEROUS + "; seen: " + sight.get());
            }
            pause(Duration.ofMillis(10));
        }
    }

    /** Holds on for a time in which nothing may happen; whatever did is for the caller to check. */
    static void letPass(Duration time) {
        pause(time);
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", interrupted);
        }
    }
}
