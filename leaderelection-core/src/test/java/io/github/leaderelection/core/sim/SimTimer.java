package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionMachine;

/** The one timer of a process, as {@code core.ElectionLoop} keeps it: set anew only to fire sooner; sometimes late. */
final class SimTimer {

    private final Simulation world;
    private final SimProcess process;
    private long firesAt = ElectionMachine.NEVER;
    private long number;

    SimTimer(Simulation world, SimProcess process) {
        this.world = world;
        this.process = process;
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
        long real = process.clock.realAt(wakeAt, world.agenda().now());
        if (!world.isCalm() && world.dice().chance(world.weather().lateTimer)) {
            real += world.dice().below(process.realNanos(process.settings.retryNanos()));
        }
        world.agenda().at(real, process, () -> {
            if (mine == number) {
                firesAt = ElectionMachine.NEVER;
                process.post(new ElectionEvent.TimerFired());
            }
        });
    }
}
