package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that runs faster or slower than the system's, by a rate that may change; its wall clock is off by a fixed time.
 * It never jumps. A timer that is under way when the rate grows may fire late, as timers may; none fires early.
 */
final class ScaledTimeSource implements TimeSource {

    private final ScheduledExecutorService timer;
    private final Duration wallOffset;
    private volatile Segment segment;

    /** From {@code systemOrigin} on, when this clock showed {@code origin}, it runs at that rate. */
    private record Segment(long systemOrigin, long origin, double rate) {
        long at(long systemNanos) {
            return origin + Math.round((systemNanos - systemOrigin) * rate);
        }
    }

    ScaledTimeSource(double rate, Duration wallOffset) {
        this.wallOffset = wallOffset;
        this.segment = new Segment(System.nanoTime(), 0, rate);
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "scaled-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** From now on it runs at that rate. */
    synchronized void rate(double rate) {
        long now = System.nanoTime();
        segment = new Segment(now, segment.at(now), rate);
    }

    /** Who asks while the rate changes may be told the time by the old one, and a moment later an earlier one: not so. */
    @Override
    public synchronized long nanoTime() {
        return segment.at(System.nanoTime());
    }

    @Override
    public Instant wallTime() {
        return Instant.now().plus(wallOffset);
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        Pending pending = new Pending(task, nanoTime() + Math.max(0, delayNanos));
        pending.arm();
        return pending;
    }

    /** One task, which is set again if the clock has become slower meanwhile. */
    private final class Pending implements Subscription, Runnable {
        private final Runnable task;
        private final long due;
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicReference<Future<?>> current = new AtomicReference<>();

        Pending(Runnable task, long due) {
            this.task = task;
            this.due = due;
        }

        void arm() {
            double left = (due - nanoTime()) / segment.rate();
            current.set(timer.schedule(this, (long) Math.ceil(left), TimeUnit.NANOSECONDS));
        }

        @Override
        public void run() {
            if (closed.get()) {
                return;
            }
            if (nanoTime() < due) {
                arm();
            } else {
                task.run();
            }
        }

        @Override
        public void close() {
            closed.set(true);
            Future<?> set = current.get();
            if (set != null) {
                set.cancel(false);
            }
        }
    }
}
