package io.github.leaderelection.core.sim;

import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.ElectionState;
import io.github.leaderelection.core.machine.Seen;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Disturbs the simulation every now and then: processes, the store, the clocks; and lets users call what they may call. */
final class Nemesis {

    private static final Fault[] FAULTS = Fault.values();
    private static final int MOST_PROCESSES = 8;

    private final Simulation world;
    private final Dice dice;
    private final Weather weather;
    private final double total;

    Nemesis(Simulation world) {
        this.world = world;
        dice = world.dice();
        weather = world.weather();
        double sum = 0;
        for (double weight : weather.weights) {
            sum += weight;
        }
        total = sum;
    }

    void begin() {
        if (total > 0) {
            in(dice.pause(weather.disturbNanos), this::disturb);
        }
    }

    private void in(long nanos, Runnable what) {
        world.agenda().at(world.agenda().now() + nanos, () -> {
            if (!world.isCalm()) {
                what.run();
            }
        });
    }

    private long lease() {
        return weather.common().leaseNanos();
    }

    /** Mostly about as long as something that matters, sometimes far longer. */
    private long spell() {
        return switch (dice.below(4)) {
            case 0 -> dice.below(weather.common().retryNanos());
            case 1 ->
                lease()
                        - weather.common().retryNanos()
                        + dice.below(weather.common().retryNanos() * 2);
            case 2 -> dice.below(lease());
            default -> dice.below(lease() * 5);
        };
    }

    private void disturb() {
        begin();
        Fault fault = draw();
        SimProcess process = someProcess();
        if (process == null) {
            world.launch(null);
            world.count(Fault.LAUNCH);
            return;
        }
        if (world.isTold()) {
            world.say(process, "-- " + fault);
        }
        switch (fault) {
            case OUTAGE, DATA_LOST, DELETED, CORRUPTED, TOUCHED, SERVER_CHANGED, SESSION_KILLED -> disturbStore(fault);
            case STEP_DOWN, CANCEL, CLOSE, SICK -> use(process, fault);
            case CUT_OFF, WATCH_CUT, WATCH_SILENT, WATCH_LAG -> disturbLink(process, fault);
            default -> disturbProcess(process, fault);
        }
    }

    private Fault draw() {
        double left = dice.between(0, total);
        for (Fault fault : FAULTS) {
            left -= weather.weights[fault.ordinal()];
            if (left < 0) {
                return fault;
            }
        }
        return Fault.PAUSE;
    }

    /** A leader with preference: most is to be seen there. */
    private @Nullable SimProcess someProcess() {
        List<SimProcess> alive = world.alive();
        if (alive.isEmpty()) {
            return null;
        }
        SimProcess any = alive.get(dice.below(alive.size()));
        if (dice.chance(0.4)) {
            for (SimProcess process : alive) {
                if (process.state().holdsLease()) {
                    return process;
                }
            }
        }
        return any;
    }

    private void disturbStore(Fault fault) {
        SimStore store = world.store();
        world.count(fault);
        switch (fault) {
            case OUTAGE -> {
                store.setDown(true);
                store.watches().forEach(SimNetwork.Watch::endOrFallSilent);
                in(spell(), () -> {
                    store.setDown(false);
                    if (dice.chance(0.5)) {
                        world.sessions().changeServer();
                    }
                });
            }
            case DATA_LOST -> {
                store.watches().forEach(SimNetwork.Watch::endOrFallSilent);
                store.loseData(dice.chance(0.5));
                world.sessions().loseAll();
                world.history().dataLost();
                in(dice.below(lease() * 10), store::backUp);
            }
            case TOUCHED -> store.touch();
            case SERVER_CHANGED -> world.sessions().changeServer();
            case SESSION_KILLED -> world.sessions().kill();
            default -> {
                removed(store.remove(fault == Fault.CORRUPTED));
                if (fault == Fault.CORRUPTED) {
                    in(spell(), this::repair);
                }
            }
        }
    }

    private void removed(@Nullable SimWrite root) {
        if (root != null) {
            world.history().removed(root);
        }
    }

    /** An operator deletes what is no record: no elector ever would. */
    void repair() {
        if (world.store().state().seen() instanceof Seen.Malformed) {
            world.store().remove(false);
        }
    }

    private void disturbLink(SimProcess process, Fault fault) {
        world.count(fault);
        SimNetwork.Watch watch = process.watch();
        switch (fault) {
            case CUT_OFF -> {
                int ways = dice.below(3);
                process.host.requestsCut = ways != 0;
                process.host.repliesCut = ways != 1;
                if (process.host.repliesCut) {
                    process.host.endWatches();
                }
                in(spell(), () -> {
                    process.host.requestsCut = false;
                    process.host.repliesCut = false;
                });
            }
            case WATCH_CUT -> {
                if (watch != null) {
                    watch.end();
                }
            }
            case WATCH_SILENT -> {
                if (watch != null) {
                    watch.fallSilent();
                }
            }
            default -> {
                process.watchLag = dice.below(lease() * 2);
                in(spell(), () -> process.watchLag = 0);
            }
        }
    }

    private void disturbProcess(SimProcess process, Fault fault) {
        world.count(fault);
        switch (fault) {
            case PAUSE -> {
                if (!process.host.isPaused()) {
                    process.host.pause(1 + spell());
                }
            }
            case CRASH -> {
                process.host.crash();
                if (dice.chance(0.7)) {
                    in(spell(), () -> world.launch(dice.chance(0.6) ? process : null));
                }
            }
            case RATE_CHANGED -> process.host.changeRate(weather.drawRate(dice));
            case WALL_JUMP -> process.clock.jumpWall((long) (lease() * dice.between(-5, 5)));
            default -> {
                if (world.alive().size() < MOST_PROCESSES) {
                    world.launch(dice.chance(0.2) ? process : null);
                }
            }
        }
    }

    /** What the user of a process may do at any time. */
    private void use(SimProcess process, Fault fault) {
        world.count(fault);
        switch (fault) {
            case STEP_DOWN -> tell(process, new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
            case CANCEL -> {
                if (process.mode == Mode.ONE_TENURE && process.state() != ElectionState.IDLE) {
                    tell(process, new ElectionEvent.CancelRequested());
                }
            }
            case CLOSE -> {
                if (dice.chance(0.5)) {
                    process.host.wake(process::close);
                    in(spell(), () -> world.launch(process)); // closed, and started again in the same process
                }
            }
            default -> {
                process.sick = true;
                tell(process, new ElectionEvent.HealthReported(false));
                in(spell(), () -> {
                    process.sick = false;
                    tell(process, new ElectionEvent.HealthReported(true));
                });
            }
        }
    }

    private static void tell(SimProcess process, ElectionEvent event) {
        process.host.wake(() -> process.post(event));
    }
}
