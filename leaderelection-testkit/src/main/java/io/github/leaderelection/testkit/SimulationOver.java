package io.github.leaderelection.testkit;

/** Ends a thread that stands inside one of our calls when there is nothing left for it to wait for. */
final class SimulationOver extends Error {

    SimulationOver() {
        super("the simulated election is closed: this thread ends with it");
    }
}
