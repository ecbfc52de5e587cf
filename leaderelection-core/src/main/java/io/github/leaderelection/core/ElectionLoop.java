package io.github.leaderelection.core;

import com.google.common.util.concurrent.MoreExecutors;
import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.core.machine.Seen;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Steps one machine, an event at a time, on shared threads; sends what it wants sent and keeps its timer. The rest of what
 * the machine says goes to the owner.
 */
final class ElectionLoop {

    /** Who is told, on the loop. */
    interface Owner {
        /** The machine has taken a step; what it wants done comes next. */
        void onStep(ElectionMachine machine);

        /** Something to do that is neither a call, nor a watch, nor the timer. */
        void onAction(ElectionAction action);

        /** Something went wrong with a call or a watch. */
        void onTrouble(Source source, Throwable trouble);

        /** What went wrong there, if anything did, goes well again. */
        void onSuccess(Source source);

        /** All actions of a step are done. */
        void onStepped(ElectionMachine machine);

        /** The machine, or what carries out its actions, is broken: it will not step again. */
        void onBroken(Throwable bug);
    }

    private final ElectionMachine machine;
    private final Clock clock;
    private final Owner owner;
    private final Executor serial;
    private final LockCalls calls;
    private boolean broken;
    private long timerAtNanos = ElectionMachine.NEVER;
    private @Nullable Subscription timer;
    private long lastTimer;

    ElectionLoop(
            MachineSettings settings,
            ResourceLock lock,
            Clock clock,
            RandomGenerator random,
            Executor loops,
            Owner owner) {
        machine = new ElectionMachine(settings, random);
        this.clock = clock;
        this.owner = owner;
        serial = MoreExecutors.newSequentialExecutor(loops);
        calls = new LockCalls(
                lock,
                settings.callNanos(),
                this::post,
                (source, trouble) -> execute(() -> owner.onTrouble(source, trouble)));
    }

    /** Hands in an event, from any thread. */
    void post(ElectionEvent event) {
        serial.execute(() -> step(event));
    }

    /** Runs something on the loop. */
    void execute(Runnable task) {
        serial.execute(task);
    }

    /** Notes a message where users of the backend look for such; on the loop only. */
    void recordEvent(String message) {
        calls.recordEvent(message);
    }

    /** Whether the machine is broken; on the loop only. */
    boolean isBroken() {
        return broken;
    }

    /** Steps the machine; on the loop only. */
    void step(ElectionEvent event) {
        if (broken) {
            return;
        }
        try {
            List<ElectionAction> actions = machine.step(event, clock.nowNanos(), clock.wallTime());
            owner.onStep(machine);
            actions.forEach(this::perform);
            tellOfSuccess(event);
            rearm();
            owner.onStepped(machine);
        } catch (Throwable bug) { // whatever it is: half of a step was taken, and nothing can be built on that
            broken = true;
            cancelTimer();
            calls.abandon(false);
            calls.closeWatch();
            owner.onBroken(bug);
        }
    }

    private void tellOfSuccess(ElectionEvent event) {
        if (event instanceof ElectionEvent.WriteApplied || event instanceof ElectionEvent.WriteConflicted) {
            owner.onSuccess(Source.WRITE);
        } else if (event instanceof ElectionEvent.ReadAnswered read && !(read.seen() instanceof Seen.Malformed)) {
            owner.onSuccess(Source.READ);
        } else if (event instanceof ElectionEvent.Watched watched && !(watched.seen() instanceof Seen.Malformed)) {
            owner.onSuccess(Source.WATCH);
        }
    }

    private void perform(ElectionAction action) {
        if (action instanceof ElectionAction.Read read) {
            calls.read(read.call());
        } else if (action instanceof ElectionAction.Create create) {
            calls.create(create);
        } else if (action instanceof ElectionAction.Update update) {
            calls.update(update);
        } else if (action instanceof ElectionAction.Abandon abandon) {
            calls.abandon(abandon.overdue());
        } else if (action instanceof ElectionAction.OpenWatch open) {
            calls.openWatch(open.watch());
        } else if (action instanceof ElectionAction.CloseWatch) {
            calls.closeWatch();
        } else {
            owner.onAction(action);
        }
    }

    /** A timer that is set earlier than needed is left to fire: one step too many is cheaper than a new timer per step. */
    private void rearm() {
        long wakeAt = machine.wakeAtNanos();
        if (wakeAt == ElectionMachine.NEVER) {
            cancelTimer(); // it would keep a closed elector alive until it fires
            return;
        }
        if (wakeAt >= timerAtNanos) {
            return;
        }
        cancelTimer();
        timerAtNanos = wakeAt;
        long number = ++lastTimer;
        timer = clock.schedule(() -> execute(() -> onTimer(number)), Math.max(0, wakeAt - clock.nowNanos()));
    }

    private void onTimer(long number) {
        if (number != lastTimer) {
            return; // fired while it was being replaced; its successor must not be forgotten for it, or there are two
        }
        timerAtNanos = ElectionMachine.NEVER;
        timer = null;
        step(new ElectionEvent.TimerFired());
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.close();
            timer = null;
        }
        timerAtNanos = ElectionMachine.NEVER;
    }
}
