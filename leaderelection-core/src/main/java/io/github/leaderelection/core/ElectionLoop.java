package io.github.leaderelection.core;

import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.core.machine.Seen;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.ResourceLock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Steps one machine, an event at a time, on shared threads; sends what it wants sent and keeps its timer. The rest of what
 * the machine says goes to the owner.
 */
final class ElectionLoop implements LockCalls.Listener {

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
    private final LoopTimer timer;
    private final @Nullable SessionCalls sessions;

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
        serial = new SerialExecutor(loops);
        timer = new LoopTimer(clock, serial, this::onDue);
        sessions = lock.sessions()
                .map(offered -> new SessionCalls(offered, settings, clock, this, random, loops))
                .orElse(null);
        calls = new LockCalls(lock, settings, this);
    }

    private void onDue() {
        step(sessions == null ? new ElectionEvent.TimerFired() : sessions.whenDue(machine.session()));
    }

    /** Hands in an event, from any thread. */
    @Override
    public void post(ElectionEvent event) {
        serial.execute(() -> step(event));
    }

    @Override
    public void trouble(Source source, Throwable trouble) {
        execute(() -> owner.onTrouble(source, trouble));
    }

    /** Runs something on the loop. */
    void execute(Runnable task) {
        serial.execute(task);
    }

    /** Notes a message where users of the backend look for such; on the loop only. */
    void recordEvent(String message) {
        calls.recordEvent(message);
    }

    /** Tells the owner of trouble with the session; on the loop only. */
    void onTrouble(Source source, Throwable trouble) {
        owner.onTrouble(source, trouble);
    }

    /** Tells the owner that it has passed; on the loop only. */
    void onSuccess(Source source) {
        owner.onSuccess(source);
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
            timer.set(machine.wakeAtNanos());
            owner.onStepped(machine);
        } catch (Throwable bug) { // whatever it is: half of a step was taken, and nothing can be built on that
            broken = true;
            timer.cancel();
            calls.abandon(false);
            calls.closeWatch();
            if (sessions != null) {
                sessions.abandon(machine.session().orElse(null));
            }
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
            calls.read(read);
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
        } else if (action instanceof ElectionAction.OfSession wanted) {
            perform(wanted);
        } else {
            owner.onAction(action);
        }
    }

    private void perform(ElectionAction.OfSession wanted) {
        if (sessions != null) {
            sessions.perform(wanted);
        } else {
            owner.onTrouble(
                    Source.SESSION,
                    new LockUnavailableException(
                            "the record names a session, but the lock knows of none: it is left to its holder"));
        }
    }
}
