package io.github.leaderelection.it.architecture.broken;

import com.google.gson.Gson;
import io.github.leaderelection.it.architecture.broken.core.Engine;

/** An api that needs a library, and the core. */
public final class HeavyApi {
    /** The library. */
    public Gson json() {
        return new Gson();
    }

    /** The core. */
    public Engine engine() {
        return new Engine();
    }
}
