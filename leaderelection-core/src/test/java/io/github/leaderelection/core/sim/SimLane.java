package io.github.leaderelection.core.sim;

import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks of one process, and what users do in them. Stands for {@code core.CallbackLane} and the check of {@code
 * core.ElectorRuntime} that work starts in time: the work on a thread of its own, all others one after the other; a stop
 * callback waits for the work, but no longer than half of the drain timeout; work that finds its tenure over is not begun.
 */
final class SimLane {

    private enum Kind {
        START,
        GATE,
        STOP,
        ANNOUNCE
    }

    private record Item(Kind kind, @Nullable SimTenure tenure) {}

    private final Simulation world;
    private final SimProcess process;
    private final Deque<Item> items = new ArrayDeque<>();
    private @Nullable Runnable running;

    /** How long work takes to stop once all is well. */
    long stopNanos;

    private @Nullable SimTenure waitsFor;
    private @Nullable SimTenure patienceOver;

    SimLane(Simulation world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    boolean isIdle() {
        return running == null && items.isEmpty() && waitsFor == null;
    }

    private void append(Kind kind, @Nullable SimTenure tenure) {
        items.add(new Item(kind, tenure));
        later(0, this::pump);
    }

    private void later(long nanos, Runnable what) {
        world.agenda().at(world.agenda().now() + nanos, process.host, what);
    }

    private long real(long localNanos) {
        return process.host.realNanos(localNanos);
    }

    void start(SimTenure tenure) {
        append(Kind.START, tenure);
        later(real(process.settings.drainNanos()), () -> checkStarted(tenure));
    }

    private void checkStarted(SimTenure tenure) {
        if (!tenure.workStarted && tenure.askValid(world.agenda().now())) {
            process.post(new ElectionEvent.StepDownRequested(RevocationReason.UNHEALTHY));
        }
    }

    void stop(SimTenure tenure) {
        if (!tenure.workStarted) {
            tenure.workCancelled = true;
            returned(tenure);
        }
        later(hangs() ? hangNanos() : 0, () -> {
            tenure.actionsRun = true;
            settled(tenure);
        });
        later(real(process.settings.drainNanos() / 2), () -> {
            patienceOver = tenure;
            pump();
        });
        append(Kind.GATE, tenure);
        append(Kind.STOP, tenure);
    }

    void announce() {
        append(Kind.ANNOUNCE, null);
    }

    private void pump() {
        while (running == null) {
            if (waitsFor != null) {
                boolean open = waitsFor == patienceOver || (waitsFor.workReturned && waitsFor.actionsRun);
                if (!open) {
                    return;
                }
                waitsFor = null;
            }
            Item item = items.poll();
            if (item == null) {
                return;
            }
            SimTenure tenure = item.tenure();
            if (tenure == null) {
                occupy(hangs() ? hangNanos() : 0, this::isIdle);
            } else if (item.kind() == Kind.GATE) {
                waitsFor = tenure;
            } else if (item.kind() == Kind.START) {
                beginWork(tenure);
            } else {
                callStop(tenure);
            }
        }
    }

    /** A callback runs for so long, and the others wait for it. */
    private void occupy(long nanos, Runnable afterwards) {
        if (nanos == 0) {
            afterwards.run();
            return;
        }
        running = afterwards;
        later(nanos, () -> finish(afterwards));
    }

    private void finish(Runnable afterwards) {
        if (running == afterwards) {
            running = null;
            afterwards.run();
            pump();
        }
    }

    private boolean hangs() {
        boolean does = !world.isCalm() && world.dice().chance(world.weather().hangingCallback);
        if (does) {
            world.count(Fault.HANGING_CALLBACK);
        }
        return does;
    }

    private long hangNanos() {
        return world.dice().below(real(process.settings.drainNanos()) * 2);
    }

    // ---- the work

    private void beginWork(SimTenure tenure) {
        if (!tenure.askValid(world.agenda().now())) {
            return;
        }
        tenure.workStarted = true;
        process.auditor.started(tenure);
        lateWrites(tenure);
        Weather weather = world.weather();
        if (troubles(weather.throwingCallback, Fault.THROWING_CALLBACK)) {
            later(0, () -> returned(tenure));
        } else if (!world.isCalm() && world.dice().chance(weather.shortWork)) {
            later(world.dice().below(real(process.settings.leaseNanos()) * 2), () -> {
                if (!world.isCalm()) {
                    returned(tenure);
                }
            });
        }
        if (troubles(weather.callFromCallback, Fault.CALL_FROM_CALLBACK)) {
            later(world.dice().below(real(process.settings.leaseNanos())), this::callFromCallback);
        }
    }

    private boolean troubles(double probability, Fault fault) {
        boolean does = !world.isCalm() && world.dice().chance(probability);
        if (does) {
            world.count(fault);
        }
        return does;
    }

    private void callFromCallback() {
        if (world.isCalm()) {
            return;
        }
        if (world.dice().chance(0.2)) {
            process.close();
        } else {
            process.post(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
        }
    }

    /** The tenure is revoked, and the thread of the work interrupted. */
    void interrupt(SimTenure tenure) {
        if (!tenure.workStarted || tenure.workReturned) {
            return;
        }
        if (world.isCalm()) {
            later(stopNanos, () -> returned(tenure));
            return;
        }
        if (hangs()) {
            if (world.dice().chance(0.5)) {
                later(hangNanos() * 2, () -> returned(tenure)); // perhaps far longer than the drain timeout
            } else {
                tenure.endOnStop = () -> returned(tenure); // work that only its stop callback ends
            }
        } else {
            later(world.dice().below(world.weather().latency), () -> returned(tenure));
        }
    }

    /** All that hangs comes to an end at last. */
    void relent(@Nullable SimTenure tenure) {
        if (tenure != null && tenure.revoked) {
            tenure.actionsRun = true;
            if (tenure.workStarted) {
                returned(tenure);
            }
            settled(tenure);
        }
        Runnable hanging = running;
        if (hanging != null) {
            finish(hanging);
        }
    }

    private void returned(SimTenure tenure) {
        if (tenure.workReturned) {
            return;
        }
        tenure.workReturned = true;
        if (process.tiedToWork && !tenure.workCancelled) {
            process.post(new ElectionEvent.WorkEnded(tenure.number));
        }
        settled(tenure);
    }

    private void callStop(SimTenure tenure) {
        if (tenure.workCancelled) {
            stopped(tenure);
            return;
        }
        process.auditor.stopped(tenure);
        tenure.stopCalled = true;
        Runnable ends = tenure.endOnStop;
        if (ends != null) {
            later(0, ends);
        }
        if (troubles(world.weather().callFromCallback, Fault.CALL_FROM_CALLBACK)) {
            callFromCallback();
        }
        occupy(hangs() ? hangNanos() : 0, () -> stopped(tenure));
    }

    private void stopped(SimTenure tenure) {
        tenure.stopReturned = true;
        settled(tenure);
    }

    private void settled(SimTenure tenure) {
        if (tenure.stopReturned && tenure.workReturned && tenure.actionsRun && !tenure.quiet) {
            tenure.quiet = true;
            process.post(new ElectionEvent.WorkQuiet(tenure.number));
        }
        pump();
    }

    // ---- what the work writes

    /** While it believes to lead, the work writes its token to a register every now and then; some of that arrives late. */
    private void lateWrites(SimTenure tenure) {
        later(world.dice().below(real(process.settings.retryNanos()) * 3), () -> {
            boolean valid = tenure.askValid(world.agenda().now());
            boolean stubborn = !tenure.workReturned && world.dice().chance(0.3);
            if (valid || stubborn) {
                world.history().offer(tenure, world.network().latency() + (valid ? 0 : process.settings.retryNanos()));
            }
            if (!tenure.workReturned) {
                lateWrites(tenure);
            }
        });
    }
}
