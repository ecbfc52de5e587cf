package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.MachineSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the electors of one process share: the clock, the links to the store, pauses and the end; and, where they are of one
 * client and of equal timing, a session, as {@code core.SessionKeepers} has it.
 */
final class SimHost {

    private record Timing(long leaseNanos, long renewNanos, long retryNanos) {
        static Timing of(MachineSettings settings) {
            return new Timing(settings.leaseNanos(), settings.renewNanos(), settings.retryNanos());
        }
    }

    final String name;
    final SimClock clock;
    private final Simulation world;
    private final boolean oneClient;
    private final List<SimProcess> electors = new ArrayList<>();
    private final List<SimKeeper> allKeepers = new ArrayList<>();
    private final Map<Timing, SimKeeper> shared = new HashMap<>();
    private final Deque<Runnable> asleep = new ArrayDeque<>();
    private boolean paused;
    private boolean dead;
    private long pausedSince;
    boolean requestsCut;
    boolean repliesCut;

    /** With {@code oneClient} its electors share sessions; else each has a client of its own. */
    SimHost(Simulation world, String name, SimClock clock, boolean oneClient) {
        this.world = world;
        this.name = name;
        this.clock = clock;
        this.oneClient = oneClient;
    }

    void add(SimProcess elector) {
        electors.add(elector);
    }

    // ---- running, pausing, dying

    boolean runs() {
        return !dead && !paused;
    }

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused;
    }

    long pausedSince() {
        return pausedSince;
    }

    /** Something of this process is due: now, when it wakes up, or never. */
    void wake(Runnable what) {
        if (dead) {
            return;
        }
        if (paused) {
            asleep.add(what);
        } else {
            what.run();
        }
    }

    void pause(long nanos) {
        paused = true;
        pausedSince = world.agenda().now();
        world.agenda().at(pausedSince + nanos, this::resume);
    }

    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        electors.forEach(elector -> elector.stretch('z', pausedSince));
        if (!dead) {
            world.agenda().at(world.agenda().now(), this, this::pump);
        }
        while (!asleep.isEmpty() && runs()) {
            asleep.poll().run();
        }
    }

    private void pump() {
        electors.forEach(SimProcess::pump);
        allKeepers.forEach(SimKeeper::pump);
    }

    void crash() {
        electors.forEach(SimProcess::die);
        dead = true;
    }

    void changeRate(double rate) {
        clock.changeRate(rate, world.agenda().now());
        electors.forEach(SimProcess::resetTimer);
        allKeepers.forEach(SimKeeper::resetTimer);
    }

    /** How long this takes in real time at most, on a clock that runs no slower than real time. */
    long realNanos(long localNanos) {
        return (long) (localNanos / clock.rate()) + 1;
    }

    /** The link to the store is cut: its watches end, or hear nothing any more. */
    void endWatches() {
        for (SimProcess elector : electors) {
            SimNetwork.Watch watch = elector.watch();
            if (watch != null && watch.works()) {
                watch.endOrFallSilent();
            }
        }
    }

    /** Nothing stalls any more. */
    void wakeUpAtLast() {
        allKeepers.forEach(SimKeeper::wakeUpAtLast);
    }

    // ---- sessions

    /** The keeper for one more user. */
    SimKeeper enter(MachineSettings settings) {
        Timing timing = Timing.of(settings);
        SimKeeper keeper = oneClient ? shared.get(timing) : null;
        if (keeper == null) {
            keeper = new SimKeeper(world, this, settings);
            allKeepers.add(keeper);
            if (oneClient) {
                shared.put(timing, keeper);
            }
        }
        keeper.users++;
        return keeper;
    }

    /** One user less. */
    void leave(SimKeeper keeper) {
        if (--keeper.users == 0) {
            shared.values().remove(keeper);
        }
    }
}
