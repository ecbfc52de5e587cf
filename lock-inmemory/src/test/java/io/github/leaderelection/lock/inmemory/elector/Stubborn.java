package io.github.leaderelection.lock.inmemory.elector;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work that does not obey its interrupt. */
final class Stubborn {

    private Stubborn() {}

    /** Waits for {@code latch}, and swallows the interrupts that come meanwhile. */
    static void await(CountDownLatch latch) {
        while (true) {
            try {
                if (!latch.await(60, TimeUnit.SECONDS)) {
                    throw new AssertionError("the test did not end the work");
                }
                return;
            } catch (InterruptedException ignoredOnPurpose) {
                // That is what makes it stubborn.
            }
        }
    }
}
