package io.github.leaderelection.spi;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * All that an elector has around it beside its lock: clocks and timer, threads, and chance. A simulation hands one in as the
 * time source of a configuration; the elector is then the same as any other, but takes no step that the simulation does not
 * know of.
 */
public interface Surroundings extends TimeSource {

    /**
     * Runs what the elector has to do: its steps, its callbacks, and the leader's work, each as a task of its own. Callbacks
     * and work may block, and steps must go on meanwhile. Refuses nothing, and runs nothing on the thread that hands it in.
     */
    Executor executor();

    /** Where the elector draws its jitter, and the marks of its records; used by its steps only, which never overlap. */
    RandomGenerator random();
}
