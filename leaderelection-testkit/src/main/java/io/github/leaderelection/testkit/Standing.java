package io.github.leaderelection.testkit;

/** A thread of a process that stands inside one of our calls until its turn comes. Guarded by the simulation's monitor. */
final class Standing {

    final SimulatedProcess process;
    final Thread thread = Thread.currentThread();

    /** Nothing else is waited for: its turn comes as soon as the process runs. */
    boolean ready;

    /** It was interrupted, and has noticed. */
    boolean interrupted;

    /** It may go on, but has not noticed yet. */
    boolean called;

    Standing(SimulatedProcess process) {
        this.process = process;
    }
}
