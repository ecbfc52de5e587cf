package io.github.leaderelection.it.architecture.broken.conformance;

import io.github.leaderelection.it.architecture.broken.lock.NosyLock;

/** A suite that knows a lock. */
public final class PartialSuite {
    /** The lock. */
    public NosyLock lock() {
        return new NosyLock();
    }
}
