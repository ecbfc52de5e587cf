package io.github.leaderelection.testkit;

import io.github.leaderelection.spi.Subscription;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The virtual time, and whose turn it is. Tasks of all processes, and threads that stand inside our calls, take turns: one at
 * a time, in the order in which they became ready. The test's thread hands out the turns; it lets time go on when there are
 * none left and all threads are at rest.
 *
 * <p>At rest is a thread that has ended, stands, or has no task. Of one that waits for something of its own (a latch, a real
 * sleep) nobody can tell whether it was just woken, because a thread shows as waiting until it runs again. Such a thread is at
 * rest when a number of looks in a row have found it waiting; between them the looker itself is put to sleep and woken, so
 * that the looks take longer on a machine on which waking takes longer.
 */
final class Simulation {

    /** Time goes on in steps of this at most, so that conditions are looked at. */
    private static final Duration STEP = Duration.ofMillis(100);

    private static final long LOOK_NANOS = 50_000;

    /** Two milliseconds at least, which is some twenty times what waking a thread takes. */
    private static final int CALM_LOOKS = 20;

    private enum Rest {
        STILL,
        WAITING,
        COMPUTING
    }

    /** A task to run, or a thread that may go on. */
    private record Turn(
            SimulatedProcess process,
            @Nullable Runnable task,
            @Nullable Standing standing) {}

    private record Due(SimulatedProcess process, SimulatedProcess.Timer timer, long nanos) {}

    final Timeline timeline = new Timeline();
    final Audit audit = new Audit(timeline);

    private final Set<Thread> drivers = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Thread driver; // null before the first call

    // Of the test's thread.
    private Duration patience = Duration.ofSeconds(10);
    private boolean stuck;

    // Guarded by this. Neither an elector nor a user's code is called with it.
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final LinkedList<Turn> turns = new LinkedList<>();
    private final Set<Standing> standing = new LinkedHashSet<>();
    private long nowNanos;
    private long timersMade;
    private boolean over;

    // ---- what processes call, on any thread

    synchronized long nowNanos() {
        return nowNanos;
    }

    synchronized long localNanos(SimulatedProcess process) {
        pass(process);
        return process.clock.localNanos(nowNanos);
    }

    synchronized Instant wallTime(SimulatedProcess process) {
        pass(process);
        return process.clock.wallTime(nowNanos);
    }

    synchronized Subscription schedule(SimulatedProcess process, Runnable task, long delayNanos) {
        long due = process.clock.localNanos(nowNanos) + Math.max(0, delayNanos);
        SimulatedProcess.Timer timer = process.add(due, timersMade++, task, null);
        return () -> cancel(process, timer);
    }

    private synchronized void cancel(SimulatedProcess process, SimulatedProcess.Timer timer) {
        process.remove(timer);
    }

    synchronized void execute(SimulatedProcess process, Runnable task) {
        if (!process.dead && !over) {
            turns.add(new Turn(process, task, null));
            LockSupport.unpark(driver);
        }
    }

    /** The process whose code is running on this thread. */
    synchronized Optional<SimulatedProcess> current() {
        Thread thread = Thread.currentThread();
        return processes.stream().filter(process -> process.owns(thread)).findFirst();
    }

    /** Stands still as long as that process does, unless on the test's thread. */
    synchronized void enter(SimulatedProcess process) {
        pass(process);
    }

    boolean isDriver() {
        return drivers.contains(Thread.currentThread());
    }

    /** Stands still as long as the current thread's process does; does nothing on other threads. */
    void passCurrent() {
        current().ifPresent(process -> {
            synchronized (this) {
                pass(process);
            }
        });
    }

    synchronized void sleep(Duration duration) throws InterruptedException {
        SimulatedProcess process = current()
                .orElseThrow(() ->
                        new IllegalStateException("expected a thread of a candidate's, but " + Thread.currentThread()
                                + " is none: call this from callbacks, or from threads that they start"));
        pass(process);
        Standing sleeper = new Standing(process);
        long due = process.clock.localNanos(nowNanos) + Math.max(0, duration.toNanos());
        SimulatedProcess.Timer timer = process.add(due, timersMade++, () -> makeReady(sleeper), sleeper);
        stand(sleeper);
        process.remove(timer);
        if (sleeper.interrupted | Thread.interrupted()) { // both: it may have been called before it noticed
            throw new InterruptedException("sleep interrupted");
        }
    }

    /** The caller goes on only while its process does. With the monitor. */
    private void pass(SimulatedProcess process) {
        Thread caller = Thread.currentThread();
        if (drivers.contains(caller)) {
            return;
        }
        if (over) {
            throw new SimulationOver();
        }
        if (!process.owns(caller)) {
            process.outsiders.add(caller);
        }
        boolean interrupted = false;
        while (!process.isRunning()) {
            Standing paused = new Standing(process);
            makeReady(paused);
            stand(paused);
            interrupted |= paused.interrupted;
        }
        if (interrupted) {
            caller.interrupt();
        }
    }

    /** Waits for its turn. With the monitor, which is let go meanwhile. */
    private void stand(Standing stands) {
        standing.add(stands);
        LockSupport.unpark(driver);
        try {
            while (!stands.called) {
                if (over) {
                    throw new SimulationOver();
                }
                try {
                    wait();
                } catch (InterruptedException interrupt) {
                    stands.interrupted = true;
                }
            }
        } finally {
            standing.remove(stands);
        }
    }

    /** Whether a thread of that process sleeps, or was held up by a pause and has not gone on yet. */
    synchronized boolean isSomebodyStanding(SimulatedProcess process) {
        return standing.stream().anyMatch(each -> each.process == process);
    }

    private synchronized void makeReady(Standing stands) {
        if (!stands.ready) {
            stands.ready = true;
            turns.add(new Turn(stands.process, null, stands));
        }
    }

    /** Waits for something to do, as one that is idle. */
    synchronized Runnable nextTask(Worker worker, SimulatedProcess process) {
        if (worker.task == null) {
            process.idle.addLast(worker);
            LockSupport.unpark(driver);
        }
        while (true) {
            Runnable task = worker.task;
            if (task != null) {
                worker.task = null;
                return task;
            }
            if (over || process.dead) {
                process.idle.remove(worker);
                throw new SimulationOver();
            }
            try {
                wait();
            } catch (InterruptedException stray) {
                continue; // meant for a task that has ended
            }
        }
    }

    void wakeDriver() {
        LockSupport.unpark(driver);
    }

    // ---- what the test's thread calls

    /** Has the calling thread be the test's from here on. */
    void drive() {
        synchronized (this) {
            if (over) {
                throw new IllegalStateException("the simulated election is closed: make a new one");
            }
        }
        if (!drivers.contains(Thread.currentThread())) {
            current().ifPresent(process -> {
                throw new IllegalStateException("expected the test's thread, but this one is a thread of "
                        + process.label + ": a candidate cannot move the time that it lives in");
            });
            drivers.add(Thread.currentThread());
        }
        driver = Thread.currentThread();
    }

    void patience(Duration realTime) {
        patience = realTime;
    }

    synchronized void add(SimulatedProcess process) {
        processes.add(process);
    }

    synchronized List<SimulatedProcess> living() {
        return processes.stream().filter(process -> !process.dead).toList();
    }

    void say(SimulatedProcess process, String what) {
        timeline.add(nowNanos(), process.label, what);
    }

    synchronized void pause(SimulatedProcess process) {
        process.paused = true;
    }

    /** What stands inside a call goes on first, and only then the engine: the worst order, in which stale writes come about. */
    synchronized void resume(SimulatedProcess process) {
        process.paused = false;
        process.takeSleepersDue(process.clock.localNanos(nowNanos)).forEach(this::makeReady);
        List<Turn> first = turns.stream()
                .filter(turn -> turn.process() == process && turn.standing() != null)
                .toList();
        turns.removeAll(first);
        turns.addAll(0, first);
    }

    synchronized void kill(SimulatedProcess process) {
        process.dead = true;
        turns.removeIf(turn -> turn.process() == process);
        notifyAll(); // threads without a task end
    }

    synchronized void changeRate(SimulatedProcess process, double rate) {
        process.clock.changeRate(rate, nowNanos);
    }

    synchronized void changeWallOffset(SimulatedProcess process, Duration offset) {
        process.clock.changeWallOffset(offset);
    }

    /** Has the process close its elector, on a thread of its own, which waits for the end. */
    void close(SimulatedProcess process) {
        execute(process, () -> {
            process.elector().close();
            process.closed = true;
        });
    }

    /** Lets time pass, until it has, or until the condition holds, which is looked at when all is at rest. */
    boolean run(Duration duration, BooleanSupplier condition) {
        long endNanos = nowNanos() + duration.toNanos();
        settle();
        while (!condition.getAsBoolean()) {
            long now = nowNanos();
            if (now >= endNanos) {
                return false;
            }
            long next = Math.min(Math.min(endNanos, now + STEP.toNanos()), nextEvent());
            synchronized (this) {
                nowNanos = next;
            }
            audit.look(next, living());
            settle(false);
        }
        return true;
    }

    /** The next time at which something is due, or a tenure ends if it is not renewed. */
    private long nextEvent() {
        long now = nowNanos();
        long tenureEnd = audit.nextEnd(now, living());
        return nextDue().map(due -> Math.min(due.nanos(), tenureEnd)).orElse(tenureEnd);
    }

    private synchronized Optional<Due> nextDue() {
        List<Due> due = new ArrayList<>();
        for (SimulatedProcess process : processes) {
            if (process.isRunning()) {
                process.nextTimer()
                        .ifPresent(timer -> due.add(
                                new Due(process, timer, process.clock.virtualNanos(timer.dueNanos(), nowNanos))));
            }
        }
        return due.stream()
                .min(Comparator.comparingLong(Due::nanos)
                        .thenComparingLong(each -> each.timer().number()));
    }

    /** Hands out turns until nobody wants one and all are at rest. */
    void settle() {
        settle(true); // the test may have woken somebody itself
    }

    /** {@code touched} says whether somebody may have been woken already. */
    private void settle(boolean touched) {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        boolean moved = touched;
        while (true) {
            fireDue();
            wakeInterrupted();
            Optional<Turn> turn = nextTurn();
            if (turn.isPresent()) {
                moved = true;
                awaitRest(begin(turn.get()), giveUpNanos);
                audit.look(nowNanos(), living());
            } else if (allRest(moved, giveUpNanos)) {
                return;
            } else {
                moved = true;
            }
        }
    }

    /** The turns of sleepers that were interrupted are counted from here, and not from when they notice: that is chance. */
    private synchronized void wakeInterrupted() {
        for (Standing stands : standing) {
            if (stands.interrupted || stands.thread.isInterrupted()) {
                makeReady(stands);
            }
        }
    }

    private void fireDue() {
        Optional<Due> due = nextDue();
        while (due.isPresent() && due.get().nanos() <= nowNanos()) {
            SimulatedProcess.Timer timer = due.get().timer();
            synchronized (this) {
                due.get().process().remove(timer);
            }
            timer.task().run();
            due = nextDue();
        }
    }

    private synchronized Optional<Turn> nextTurn() {
        Optional<Turn> next =
                turns.stream().filter(turn -> turn.process().isRunning()).findFirst();
        next.ifPresent(turns::remove);
        return next;
    }

    private synchronized boolean hasTurn() {
        return turns.stream().anyMatch(turn -> turn.process().isRunning());
    }

    private Thread begin(Turn turn) {
        synchronized (this) {
            Standing stands = turn.standing();
            if (stands != null) {
                stands.called = true;
                notifyAll();
                return stands.thread;
            }
            SimulatedProcess process = turn.process();
            Worker worker = process.idle.pollLast();
            if (worker != null) {
                worker.task = turn.task();
                notifyAll();
                return worker;
            }
            worker = new Worker(this, process, ++process.workerCount);
            worker.task = turn.task();
            worker.start();
            return worker;
        }
    }

    private void awaitRest(Thread thread, long giveUpNanos) {
        int calmLooks = 0;
        while (calmLooks < CALM_LOOKS) {
            switch (rest(thread)) {
                case STILL -> {
                    return;
                }
                case WAITING -> calmLooks++;
                case COMPUTING -> calmLooks = 0;
            }
            rest(List.of(thread), giveUpNanos);
        }
    }

    /** Whether all came to rest; false if somebody wants a turn first. */
    private boolean allRest(boolean moved, long giveUpNanos) {
        boolean wasMoved = moved;
        int calmLooks = 0;
        while (!hasTurn()) {
            wakeInterrupted();
            List<Thread> threads = living().stream()
                    .flatMap(process -> process.threads().stream())
                    .toList();
            List<Rest> found = threads.stream().map(this::rest).toList();
            if (found.contains(Rest.COMPUTING)) {
                calmLooks = 0;
                wasMoved = true;
            } else if (!found.contains(Rest.WAITING) || !wasMoved || ++calmLooks >= CALM_LOOKS) {
                return !hasTurn();
            }
            rest(threads, giveUpNanos);
        }
        return false;
    }

    private Rest rest(Thread thread) {
        synchronized (this) {
            for (Standing stands : standing) {
                if (stands.thread == thread) {
                    return stands.called ? Rest.COMPUTING : Rest.STILL;
                }
            }
            if (thread instanceof Worker worker) {
                if (worker.task != null) {
                    return Rest.COMPUTING; // has not begun
                }
                if (worker.isIdle()) {
                    return Rest.STILL;
                }
            }
        }
        return switch (thread.getState()) {
            case TERMINATED -> Rest.STILL;
            case BLOCKED -> isHeldUp(thread) ? Rest.WAITING : Rest.COMPUTING;
            case WAITING, TIMED_WAITING -> thread.isInterrupted() ? Rest.COMPUTING : Rest.WAITING;
            case NEW, RUNNABLE -> Rest.COMPUTING;
        };
    }

    /**
     * Whether somebody holds the monitor that it wants. One that was let go, ours above all, may not have been noticed yet: the
     * thread still shows as blocked, but is about to run.
     */
    private static boolean isHeldUp(Thread blocked) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(blocked.getId());
        return info != null && info.getThreadState() == Thread.State.BLOCKED;
    }

    /** Looks away for a moment, unless this has gone on for too long. */
    private void rest(List<Thread> watched, long giveUpNanos) {
        if (System.nanoTime() - giveUpNanos > 0) {
            stuck = true;
            throw new AssertionError(StuckText.of(nowNanos(), patience, watched, this::isComputing) + "\n" + timeline);
        }
        if (Thread.currentThread().isInterrupted()) {
            stuck = true;
            throw new AssertionError("the test's thread was interrupted while it let virtual time pass\n" + timeline);
        }
        LockSupport.parkNanos(LOOK_NANOS);
    }

    private boolean isComputing(Thread thread) {
        return rest(thread) == Rest.COMPUTING;
    }

    /** Whether time cannot go on any more. */
    boolean isStuck() {
        return stuck;
    }

    /** Ends all threads that are ours, and those that stand; returns those that do not end. */
    List<Thread> end() {
        List<Thread> workers = new ArrayList<>();
        synchronized (this) {
            over = true;
            notifyAll();
            for (SimulatedProcess process : processes) {
                process.threads().stream().filter(Worker.class::isInstance).forEach(workers::add);
            }
        }
        workers.forEach(Thread::interrupt);
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        while (workers.stream().anyMatch(Thread::isAlive) && System.nanoTime() - giveUpNanos < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return workers.stream().filter(Thread::isAlive).toList();
    }
}
