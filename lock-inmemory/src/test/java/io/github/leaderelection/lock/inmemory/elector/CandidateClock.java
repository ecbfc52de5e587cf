package io.github.leaderelection.lock.inmemory.elector;

import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A candidate's view of the clock that all share. It can hold back the candidate's timers: the candidate then is as stuck
 * as one that has no thread that runs, while its clock goes on.
 */
final class CandidateClock implements TimeSource {

    private final ManualTimeSource time;

    // Guarded by this.
    private final List<Runnable> heldBack = new ArrayList<>();
    private boolean holding;

    CandidateClock(ManualTimeSource time) {
        this.time = time;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return time.wallTime();
    }

    @Override
    public Subscription schedule(Runnable task, long delayNanos) {
        return time.schedule(() -> run(task), delayNanos);
    }

    private void run(Runnable task) {
        synchronized (this) {
            if (holding) {
                heldBack.add(task);
                return;
            }
        }
        task.run();
    }

    /** From now on no timer of this candidate runs. */
    synchronized void hold() {
        holding = true;
    }

    /** Runs what was held back. */
    void letGo() {
        List<Runnable> due;
        synchronized (this) {
            holding = false;
            due = List.copyOf(heldBack);
            heldBack.clear();
        }
        due.forEach(Runnable::run);
    }
}
