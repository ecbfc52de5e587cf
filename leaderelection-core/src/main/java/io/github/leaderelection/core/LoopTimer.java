package io.github.leaderelection.core;

import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of a loop, and the task that is scheduled for it. All its methods but {@link #run} are called on the loop, and
 * what is due runs there.
 */
final class LoopTimer implements Runnable {

    private final Clock clock;
    private final Executor loop;
    private final Runnable due;
    private long atNanos = ElectionMachine.NEVER;
    private @Nullable Subscription scheduled;

    LoopTimer(Clock clock, Executor loop, Runnable due) {
        this.clock = clock;
        this.loop = loop;
        this.due = due;
    }

    /** Fires at that time. A timer that is set earlier is left to fire: one step too many is cheaper than a new timer per step. */
    void set(long wakeAtNanos) {
        if (wakeAtNanos == ElectionMachine.NEVER) {
            cancel(); // it would keep a closed elector alive until it fires
            return;
        }
        if (wakeAtNanos >= atNanos) {
            return;
        }
        cancel();
        atNanos = wakeAtNanos;
        scheduled = clock.schedule(this, Math.max(0, wakeAtNanos - clock.nowNanos()));
    }

    /** The timer has fired, on whatever thread. */
    @Override
    public void run() {
        loop.execute(this::onDue);
    }

    /** One that fired while it was being replaced costs a step too many, and its successor, or there would be two. */
    private void onDue() {
        cancel();
        due.run();
    }

    void cancel() {
        if (scheduled != null) {
            scheduled.close();
            scheduled = null;
        }
        atNanos = ElectionMachine.NEVER;
    }
}
