package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.Surroundings;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a candidate: the surroundings of its elector, and the threads that are its own. What it does and when is the
 * simulation's to say; the fields are guarded by the simulation's monitor.
 */
final class SimulatedProcess implements Surroundings {

    /** Something that is due at a time of this process's clock. */
    record Timer(
            long dueNanos,
            long number,
            Runnable task,
            @Nullable Standing sleeper) {}

    final String label;
    final ResourceLock lock;
    final Network network;
    final ProcessClock clock;

    /**
     * Threads that the process starts are in it by themselves. It refers to nothing of ours: JDKs before 19 never forget a
     * group.
     */
    final ThreadGroup group;

    /** Threads that were started elsewhere, but have called us as this process. */
    final Set<Thread> outsiders = ConcurrentHashMap.newKeySet();

    final Deque<Worker> idle = new ArrayDeque<>();
    int workerCount;
    boolean paused;
    boolean dead;
    volatile boolean closed;

    private final Simulation simulation;
    private final RandomGenerator random;
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::number));
    private @Nullable LeaderElector elector;

    SimulatedProcess(
            Simulation simulation,
            String label,
            ResourceLock lock,
            Network network,
            ProcessClock clock,
            RandomGenerator random) {
        this.simulation = simulation;
        this.label = label;
        this.lock = lock;
        this.network = network;
        this.clock = clock;
        this.random = random;
        group = new ThreadGroup("simulated-" + label);
    }

    void runs(LeaderElector made) {
        elector = made;
    }

    /** There is one by the time that anybody gets hold of this. */
    LeaderElector elector() {
        LeaderElector made = elector;
        if (made == null) {
            throw new IllegalStateException("the elector of " + label + " is not made yet");
        }
        return made;
    }

    // ---- what the elector asks

    @Override
    public long nanoTime() {
        return simulation.localNanos(this);
    }

    @Override
    public Instant wallTime() {
        return simulation.wallTime(this);
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        return simulation.schedule(this, task, delayNanos);
    }

    @Override
    public Executor executor() {
        return task -> simulation.execute(this, task);
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    // ---- for the simulation, with its monitor

    Timer add(long dueNanos, long number, Runnable task, @Nullable Standing sleeper) {
        Timer timer = new Timer(dueNanos, number, task, sleeper);
        timers.add(timer);
        return timer;
    }

    void remove(Timer timer) {
        timers.remove(timer);
    }

    boolean isRunning() {
        return !paused && !dead;
    }

    Optional<Timer> nextTimer() {
        return Optional.ofNullable(timers.peek());
    }

    /** Takes out, in their order, the sleepers whose time has come. */
    List<Standing> takeSleepersDue(long localNanos) {
        List<Timer> due = timers.stream()
                .filter(timer -> timer.sleeper() != null && timer.dueNanos() <= localNanos)
                .sorted(timers.comparator())
                .toList();
        timers.removeAll(due);
        List<Standing> sleepers = new ArrayList<>();
        for (Timer timer : due) {
            if (timer.sleeper() != null) {
                sleepers.add(timer.sleeper());
            }
        }
        return sleepers;
    }

    /** All threads that are known to be of this process and have not ended. */
    List<Thread> threads() {
        Thread[] found = new Thread[group.activeCount() + 16];
        int count = group.enumerate(found, true);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(found[i]);
        }
        outsiders.removeIf(outsider -> !outsider.isAlive());
        threads.addAll(outsiders);
        return threads;
    }

    /** Whether a thread of that group is this process's. */
    boolean owns(Thread thread) {
        for (ThreadGroup each = thread.getThreadGroup(); each != null; each = each.getParent()) {
            if (each == group) {
                return true;
            }
        }
        return outsiders.contains(thread);
    }
}
