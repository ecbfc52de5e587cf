package io.github.leaderelection.core;

import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The one timer of a loop. All its methods are called on the loop, and what is due runs there. */
final class LoopTimer {

    private final Clock clock;
    private final Executor loop;
    private final Runnable due;
    private long atNanos = ElectionMachine.NEVER;
    private @Nullable Subscription scheduled;
    private long number;

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
        long set = ++number;
        scheduled = clock.schedule(() -> loop.execute(() -> onDue(set)), Math.max(0, wakeAtNanos - clock.nowNanos()));
    }

    private void onDue(long set) {
        if (set != number) {
            return; // fired while it was being replaced; its successor must not be forgotten for it, or there are two
        }
        atNanos = ElectionMachine.NEVER;
        scheduled = null;
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
