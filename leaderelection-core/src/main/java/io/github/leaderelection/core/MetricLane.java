package io.github.leaderelection.core;

import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.LeaderMetric;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells a metric of the user's on callback threads, in order, but not in the order of callbacks: neither holds up the other.
 * What it throws costs a figure and not the tenure; figures that it is too slow for are dropped. Called by the loop only.
 */
final class MetricLane implements LeaderMetric {

    /** The figures of fifty renewals: whoever has not taken a single one in that time will not catch up. */
    static final int MOST_WAITING = 100;

    /** Where nobody listens. It keeps nothing, so one will do for all electors. */
    private static final MetricLane SILENT =
            new MetricLane(LeaderMetric.NONE, Runnable::run, CallbackLane.Callback::run, trouble -> {});

    /** What runs users' code of one elector. */
    private interface Inside {
        void run(CallbackLane.Callback callback) throws Exception;
    }

    private final LeaderMetric metric;
    private final Executor serial;
    private final Inside inside;
    private final Consumer<Throwable> onTrouble;
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean toldOfDrops;

    private MetricLane(LeaderMetric metric, Executor threads, Inside inside, Consumer<Throwable> onTrouble) {
        this.metric = metric;
        this.inside = inside;
        this.onTrouble = onTrouble;
        serial = new SerialExecutor(threads);
    }

    /** {@code threads} refuses nothing; {@code onTrouble} is told on any thread. */
    static MetricLane of(LeaderMetric metric, Executor threads, CallbackLane lane, Consumer<Throwable> onTrouble) {
        return metric == LeaderMetric.NONE ? SILENT : new MetricLane(metric, threads, lane::runInside, onTrouble);
    }

    @Override
    public void on(String name) {
        tell(() -> metric.on(name));
    }

    @Override
    public void off(String name) {
        tell(() -> metric.off(name));
    }

    @Override
    public void slowpathExercised(String name) {
        tellOrDrop(() -> metric.slowpathExercised(name));
    }

    @Override
    public void renewed(String name, Duration latency) {
        tellOrDrop(() -> metric.renewed(name, latency));
    }

    @Override
    public void renewalDelayed(String name, Duration delay) {
        tellOrDrop(() -> metric.renewalDelayed(name, delay));
    }

    private void tellOrDrop(Runnable figure) {
        if (waiting.get() < MOST_WAITING) {
            tell(figure);
        } else if (!toldOfDrops) {
            toldOfDrops = true;
            onTrouble.accept(new LeaderElectionException("a metric does not keep up: " + MOST_WAITING
                    + " calls wait for it to return, and figures are dropped"));
        }
    }

    /** Who leads is never dropped: a gauge would be wrong until the next tenure. That is two calls for each tenure. */
    private void tell(Runnable call) {
        if (metric == NONE) {
            return;
        }
        waiting.incrementAndGet();
        serial.execute(() -> {
            try {
                inside.run(call::run);
            } catch (Throwable thrown) { // errors included
                onTrouble.accept(thrown);
            } finally {
                waiting.decrementAndGet();
            }
        });
    }

    /** Completed when the metric has taken all that it was told so far. */
    CompletableFuture<Void> taken() {
        return metric == NONE ? CompletableFuture.completedFuture(null) : CompletableFuture.runAsync(() -> {}, serial);
    }
}
