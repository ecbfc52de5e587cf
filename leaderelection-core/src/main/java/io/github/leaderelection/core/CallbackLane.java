package io.github.leaderelection.core;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.spi.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of one elector, one after the other, on threads that are not the loop's (I8). Its methods are called by
 * the loop only.
 */
final class CallbackLane {

    /** Who is told, on the thread of a callback, of what it threw. */
    interface Owner {
        /** A callback threw, but not {@code onError}. */
        void onCallbackThrew(Throwable thrown);

        /** {@code onError} threw: to be told of that, it would be called for ever. */
        void onErrorThrew(Throwable thrown);
    }

    /** A callback, which may throw what it likes. */
    interface Callback {
        void run() throws Exception;
    }

    private static final ThreadLocal<@Nullable CallbackLane> CURRENT = new ThreadLocal<>();

    private final LeaderCallbacks callbacks;
    private final Executor executor;
    private final Executor works;
    private final Clock clock;
    private final long drainNanos;
    private final Owner owner;
    private boolean closed;
    private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);

    /**
     * {@code executor} refuses nothing; {@code works} gives a thread to each work, or refuses.
     */
    CallbackLane(
            LeaderCallbacks callbacks, Executor executor, Executor works, Clock clock, long drainNanos, Owner owner) {
        this.callbacks = callbacks;
        this.executor = executor;
        this.works = works;
        this.clock = clock;
        this.drainNanos = drainNanos;
        this.owner = owner;
    }

    /** Whether the caller is users' code of this elector: a callback of this lane, or what runs beside them. */
    boolean isCurrentThread() {
        return CURRENT.get() == this;
    }

    /**
     * Starts the work of a tenure, unless the tenure has ended before it could. {@code onOver} runs when it has returned,
     * if {@code tied}, and in any case when there was no thread to start it on: nobody should lead without working.
     */
    void start(Tenure tenure, boolean tied, Runnable onOver) {
        append(() -> {
                    if (tenure.isValid()) {
                        works.execute(() -> work(tenure, tied, onOver));
                    }
                })
                .whenComplete((ignored, refused) -> {
                    if (refused != null) { // no more threads, say
                        owner.onCallbackThrew(refused);
                        onOver.run();
                    }
                });
    }

    private void work(Tenure tenure, boolean tied, Runnable onOver) {
        if (!tenure.workBegins()) {
            return;
        }
        try {
            guarded(() -> callbacks.onStartedLeading(tenure), tenure);
        } finally {
            tenure.workEnds();
            tenure.workIsOver();
            if (tied) {
                onOver.run();
            }
        }
    }

    /**
     * Ends the work of a revoked tenure: runs its revocation actions at once, and its stop callback when the work has
     * returned, or after half of the drain timeout, in which the other half is left for the stop callback to end it. Work
     * that has not started by now never will, and is not stopped. {@code onQuiet} runs when all of that has returned.
     */
    void stop(Tenure tenure, Runnable onQuiet) {
        boolean started = tenure.workStarted();
        if (!started) {
            tenure.workIsOver();
        }
        CompletableFuture<Void> actionsRun = run(tenure.takeRevocationActions());
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> allReturned = CompletableFuture.allOf(tenure.workReturned(), actionsRun);
        Subscription patience = timer(() -> gate.complete(null), drainNanos / 2);
        allReturned.thenRun(() -> {
            patience.close();
            gate.complete(null);
        });
        tail = tail.thenCompose(ignored -> gate);
        append(() -> {
            if (started) {
                guarded(() -> callbacks.onStoppedLeading(tenure), null);
            }
        });
        CompletableFuture.allOf(allReturned, tail).thenRun(() -> {
            tenure.becomesQuiet();
            onQuiet.run();
        });
    }

    private CompletableFuture<Void> run(List<Runnable> actions) {
        return actions.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(() -> actions.forEach(action -> guarded(action::run, null)), executor);
    }

    void announce(Optional<String> leader) {
        run(() -> leader.ifPresentOrElse(callbacks::onNewLeader, callbacks::onNoLeader));
    }

    /** Does nothing after {@link #closed()}: what is told then, the log has. */
    void error(Throwable error) {
        if (!closed) {
            run(() -> {
                try {
                    callbacks.onError(error);
                } catch (Throwable thrown) {
                    owner.onErrorThrew(thrown);
                }
            });
        }
    }

    void closed() {
        run(callbacks::onClosed);
        closed = true; // no call follows it
    }

    private void run(Callback callback) {
        append(() -> guarded(callback, null));
    }

    /** Runs {@code link} after all that was handed in before, even if some of that failed. */
    private CompletableFuture<Void> append(Runnable link) {
        tail = tail.handleAsync(
                (ignored, broken) -> {
                    link.run();
                    return null;
                },
                executor);
        return tail;
    }

    /** Completed when what was handed in so far has run, and {@code besides} is, or after the drain timeout. */
    CompletableFuture<Void> settled(CompletableFuture<Void> besides) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        Subscription patience = timer(() -> settled.complete(null), drainNanos);
        CompletableFuture.allOf(tail, besides).thenRun(() -> {
            patience.close(); // first, so that nothing of this is left when somebody hears of it
            settled.complete(null);
        });
        return settled;
    }

    /** Runs {@code task} later; where no timer can be had, at once, as nobody else would. */
    private Subscription timer(Runnable task, long delayNanos) {
        try {
            return clock.schedule(task, delayNanos);
        } catch (Throwable none) {
            owner.onCallbackThrew(none);
            task.run();
            return () -> {};
        }
    }

    private void guarded(Callback callback, @Nullable Tenure interruptible) {
        try {
            runInside(callback);
        } catch (InterruptedException interrupted) {
            // The way in which work that obeys its revocation ends; any other interrupt is worth a word.
            if (interruptible == null || interruptible.revocationReason().isEmpty()) {
                owner.onCallbackThrew(interrupted);
            }
        } catch (Throwable thrown) { // of the user's making, errors included: reported, and carried on from
            owner.onCallbackThrew(thrown);
        }
    }

    /** Runs users' code of this elector, as a callback of this lane or beside them: nobody waits in there for its own end. */
    void runInside(Callback callback) throws Exception {
        CallbackLane outer = CURRENT.get();
        CURRENT.set(this);
        try {
            callback.run();
        } finally {
            CURRENT.set(outer);
        }
    }
}
