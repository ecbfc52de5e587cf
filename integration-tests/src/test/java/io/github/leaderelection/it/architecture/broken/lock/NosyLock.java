package io.github.leaderelection.it.architecture.broken.lock;

import io.github.leaderelection.it.architecture.broken.core.Engine;

/** A lock that knows the core. */
public final class NosyLock {
    /** The core. */
    public Engine engine() {
        return new Engine();
    }
}
