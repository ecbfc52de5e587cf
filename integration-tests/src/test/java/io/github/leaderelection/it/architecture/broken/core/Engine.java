package io.github.leaderelection.it.architecture.broken.core;

import io.github.leaderelection.it.architecture.broken.lock.NosyLock;

/** A core that knows a lock. */
public final class Engine {
    /** The lock. */
    public Class<?> lock() {
        return NosyLock.class;
    }
}
