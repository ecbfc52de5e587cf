package io.github.leaderelection.testkit;

import org.jspecify.annotations.Nullable;

/** A thread of a process, which runs its tasks one after the other. */
final class Worker extends Thread {

    private final Simulation simulation;
    private final SimulatedProcess process;

    /** What to run, until it has begun. Guarded by the simulation's monitor. */
    @Nullable
    Runnable task;

    Worker(Simulation simulation, SimulatedProcess process, int number) {
        super(process.group, null, "simulated-" + process.label + "-" + number);
        this.simulation = simulation;
        this.process = process;
        setDaemon(true);
    }

    /** With the simulation's monitor. */
    boolean isIdle() {
        return process.idle.contains(this);
    }

    @Override
    public void run() {
        try {
            while (true) {
                simulation.nextTask(this, process).run();
                Thread.interrupted(); // an interrupt that a task leaves behind is not for the next one
            }
        } catch (SimulationOver over) {
            simulation.wakeDriver(); // the end of the thread, and nothing else
        }
    }
}
