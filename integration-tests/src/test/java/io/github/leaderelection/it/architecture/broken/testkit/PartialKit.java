package io.github.leaderelection.it.architecture.broken.testkit;

import io.github.leaderelection.it.architecture.broken.core.Engine;
import org.junit.jupiter.api.Assertions;

/** A kit that knows the core, and one test framework. */
public final class PartialKit {
    /** The core. */
    public Engine engine() {
        return new Engine();
    }

    /** The framework. */
    public void check() {
        Assertions.assertNotNull(this);
    }
}
