package io.github.leaderelection.it.architecture.broken.cli;

import io.github.leaderelection.it.architecture.broken.core.machine.Machine;

/** A program that knows the machine. */
public final class Meddler {
    /** The machine. */
    public Machine machine() {
        return new Machine();
    }
}
