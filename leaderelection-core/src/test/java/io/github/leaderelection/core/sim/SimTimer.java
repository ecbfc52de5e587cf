package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionMachine;

/** The one timer of a loop, as {@code core.LoopTimer} keeps it: set anew only to fire sooner; sometimes late. */
final class SimTimer {

    private final Simulation world;
    private final SimHost host;
    private final long retryNanos;
    private final Runnable due;
    private long firesAt = ElectionMachine.NEVER;
    private long number;

    SimTimer(Simulation world, SimHost host, long retryNanos, Runnable due) {
        this.world = world;
        this.host = host;
        this.retryNanos = retryNanos;
        this.due = due;
    }

    void rearm(long wakeAt) {
        if (wakeAt == ElectionMachine.NEVER) {
            firesAt = wakeAt;
            number++;
        } else if (wakeAt < firesAt) {
            set(wakeAt);
        }
    }

    void resetAfterClockChange() {
        if (firesAt != ElectionMachine.NEVER) {
            set(firesAt);
        }
    }

    private void set(long wakeAt) {
        firesAt = wakeAt;
        long mine = ++number;
        long real = host.clock.realAt(wakeAt, world.agenda().now());
        if (!world.isCalm() && world.dice().chance(world.weather().lateTimer)) {
            real += world.dice().below(host.realNanos(retryNanos));
        }
        world.agenda().at(real, host, () -> {
            if (mine == number) {
                firesAt = ElectionMachine.NEVER;
                due.run();
            }
        });
    }
}
