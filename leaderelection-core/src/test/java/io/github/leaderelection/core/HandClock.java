package io.github.leaderelection.core;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A clock that stands still until a test moves it. */
final class HandClock implements TimeSource {

    /** Far more than any test sets: timers that set each other without end fail, and do not hang. */
    private static final int TIMERS_MOST = 100_000;

    private record Timer(long dueNanos, Runnable task) {}

    /** What a test does, or throws, when a timer is set for so many nanoseconds. */
    volatile LongConsumer whenSet = delayNanos -> {};

    /** What a test does when it is asked for the wall time, as each step of a machine begins with. */
    volatile Runnable whenWallTime = () -> {};

    /** What a test does when a timer is cancelled. */
    volatile Runnable whenCancelled = () -> {};

    // Guarded by this.
    private final List<Timer> timers = new ArrayList<>();
    private long nowNanos;

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant wallTime() {
        whenWallTime.run();
        return Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        whenSet.accept(delayNanos);
        Timer timer = new Timer(nanoTime() + Math.max(0, delayNanos), task);
        add(timer);
        return () -> {
            whenCancelled.run();
            cancel(timer);
        };
    }

    private synchronized void add(Timer timer) {
        timers.add(timer);
    }

    /** As no monotonic clock does. */
    synchronized void goBack() {
        nowNanos -= 1_000_000_000;
    }

    private synchronized void cancel(Timer timer) {
        timers.removeIf(each -> each == timer);
    }

    synchronized int pendingCount() {
        return timers.size();
    }

    /** Moves on by {@code step}, and runs what becomes due; {@code afterEach} is called after each timer. */
    void advance(Duration step, Runnable afterEach) {
        long target = nanoTime() + step.toNanos();
        Optional<Timer> due = nextDue(target);
        for (int fired = 0; due.isPresent(); fired++) {
            if (fired == TIMERS_MOST) {
                throw new AssertionError("more than " + TIMERS_MOST + " timers within " + step);
            }
            due.get().task().run();
            afterEach.run();
            due = nextDue(target);
        }
        afterEach.run();
    }

    private synchronized Optional<Timer> nextDue(long targetNanos) {
        Optional<Timer> next = timers.stream()
                .filter(timer -> timer.dueNanos() <= targetNanos)
                .min(Comparator.comparingLong(Timer::dueNanos));
        next.ifPresent(timer -> timers.removeIf(each -> each == timer));
        nowNanos = Math.max(nowNanos, next.map(Timer::dueNanos).orElse(targetNanos));
        return next;
    }
}
