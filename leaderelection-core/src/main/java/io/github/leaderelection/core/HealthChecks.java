package io.github.leaderelection.core;

import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a health predicate once in each period, on a callback thread, and tells what it said when that changes. One that
 * throws, or has not answered by the time of the next question, says no.
 */
final class HealthChecks {

    private final BooleanSupplier predicate;
    private final Executor executor;
    private final Clock clock;
    private final long periodNanos;
    private final Consumer<Boolean> verdicts;
    private final Consumer<Throwable> onThrown;

    // Guarded by this. The predicate is asked outside of it; verdicts are told under it, so that they come in order.
    private long run;
    private boolean running;
    private boolean asking;
    private boolean lastVerdict = true;
    private @Nullable Subscription nextTick;

    HealthChecks(
            BooleanSupplier predicate,
            Executor executor,
            Clock clock,
            long periodNanos,
            Consumer<Boolean> verdicts,
            Consumer<Throwable> onThrown) {
        this.predicate = predicate;
        this.executor = executor;
        this.clock = clock;
        this.periodNanos = periodNanos;
        this.verdicts = verdicts;
        this.onThrown = onThrown;
    }

    synchronized void start() {
        running = true;
        run++;
        tick(run);
    }

    synchronized void stop() {
        running = false;
        if (nextTick != null) {
            nextTick.close();
            nextTick = null;
        }
    }

    private synchronized void tick(long ofRun) {
        if (!running || ofRun != run) {
            return; // two series of ticks would take each other's questions for hanging
        }
        if (asking) {
            say(false);
        } else {
            asking = true;
            try {
                executor.execute(this::ask);
            } catch (Throwable refused) { // no more threads, say: nobody can be asked
                answered(false);
                onThrown.accept(refused);
            }
        }
        nextTick = clock.schedule(() -> tick(ofRun), periodNanos);
    }

    private void ask() {
        boolean verdict = false;
        try {
            verdict = predicate.getAsBoolean();
        } catch (Throwable thrown) { // of the user's making: reported, and taken as a no
            onThrown.accept(thrown);
        } finally {
            answered(verdict);
        }
    }

    private synchronized void answered(boolean verdict) {
        asking = false;
        say(verdict);
    }

    private synchronized void say(boolean verdict) {
        if (running && verdict != lastVerdict) {
            lastVerdict = verdict;
            verdicts.accept(verdict);
        }
    }
}
