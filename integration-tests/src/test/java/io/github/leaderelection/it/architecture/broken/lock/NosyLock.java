package io.github.leaderelection.it.architecture.broken.lock;

import io.github.leaderelection.it.architecture.broken.core.Engine;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** A lock that knows the core, and has a thread of its own making. */
public final class NosyLock {
    /** The thread. */
    public ScheduledExecutorService thread() {
        return new ScheduledThreadPoolExecutor(1);
    }

    /** The core. */
    public Engine engine() {
        return new Engine();
    }
}
