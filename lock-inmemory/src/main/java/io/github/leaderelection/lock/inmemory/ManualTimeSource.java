package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock that stands still until a test moves it by hand, so that a test of fifteen seconds takes no time and comes out
 * the same every time.
 *
 * <p>Tasks run on the thread that moves the clock. One that is due as soon as it is scheduled runs at once on the thread
 * that schedules it, unless the clock is being moved: then it takes its turn there. All methods may be called from any
 * thread.
 */
public final class ManualTimeSource implements TimeSource {

    /** What the wall clock shows at the beginning: 2026-01-01T00:00:00Z. */
    public static final Instant WALL_TIME_AT_START = Instant.parse("2026-01-01T00:00:00Z");

    /**
     * Ten seconds before the monotonic clock overflows, as {@link System#nanoTime()} may at any time: code that compares
     * two readings instead of their difference shows itself in a test instead of in production.
     */
    private static final long NANO_TIME_AT_START =
            Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();

    private record Task(long dueNanos, long number, Runnable body) {}

    /** Held by the thread that moves the clock. The fields below are guarded by this object's monitor instead. */
    private final ReentrantLock hand = new ReentrantLock();

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::number));
    private long elapsedNanos;
    private long tasksScheduled;
    private boolean moving;

    /** A clock that stands at {@link #WALL_TIME_AT_START}. */
    public ManualTimeSource() {}

    @Override
    public synchronized long nanoTime() {
        return NANO_TIME_AT_START + elapsedNanos;
    }

    @Override
    public synchronized Instant wallTime() {
        return WALL_TIME_AT_START.plusNanos(elapsedNanos);
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        synchronized (this) {
            if (delayNanos > 0 || moving) {
                long dueNanos = Math.addExact(elapsedNanos, Math.max(0, delayNanos));
                Task scheduled = new Task(dueNanos, tasksScheduled++, task);
                tasks.add(scheduled);
                return () -> cancel(scheduled);
            }
        }
        task.run();
        return () -> {};
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** How many tasks wait for their time. */
    public synchronized int pendingCount() {
        return tasks.size();
    }

    /**
     * Moves both clocks on by {@code step}, and runs the tasks that become due, also those scheduled meanwhile, in the
     * order of their due times, and of their scheduling where these are equal. Each sees its own due time as the present.
     * What a task throws, comes out here, and the clock stands at that task's due time. A thread that calls while another
     * moves the clock waits for its turn.
     *
     * @param step zero or more
     * @throws IllegalArgumentException if {@code step} is negative
     * @throws IllegalStateException if called by a task of this clock while it is being moved
     */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("the clock cannot go back: step must not be negative, but is " + step);
        }
        if (hand.isHeldByCurrentThread()) {
            throw new IllegalStateException("a task moves the clock that runs it: move it from the test instead");
        }
        hand.lock();
        try {
            move(step.toNanos());
        } finally {
            synchronized (this) {
                moving = false;
            }
            hand.unlock();
        }
    }

    private void move(long stepNanos) {
        long targetNanos;
        synchronized (this) {
            targetNanos = Math.addExact(elapsedNanos, stepNanos);
            moving = true;
        }
        Optional<Task> due = nextDue(targetNanos);
        while (due.isPresent()) {
            due.get().body().run();
            due = nextDue(targetNanos);
        }
    }

    /** The next task that is due, with the clock moved to its time; with none left, the clock has arrived at the target. */
    private synchronized Optional<Task> nextDue(long targetNanos) {
        Optional<Task> next = Optional.ofNullable(tasks.peek()).filter(task -> task.dueNanos() <= targetNanos);
        next.ifPresent(tasks::remove);
        elapsedNanos = next.map(Task::dueNanos).orElse(targetNanos);
        // In one step with the last look at the tasks: what is scheduled for now after this runs at once.
        moving = next.isPresent();
        return next;
    }
}
