package io.github.leaderelection.core;

import io.github.leaderelection.LeaderMetric;
import java.time.Duration;
import java.util.function.Consumer;

/** A metric of the user's, of which what it throws costs a figure and not the tenure. */
final class GuardedMetric implements LeaderMetric {

    private final LeaderMetric metric;
    private final Consumer<Throwable> onThrown;

    GuardedMetric(LeaderMetric metric, Consumer<Throwable> onThrown) {
        this.metric = metric;
        this.onThrown = onThrown;
    }

    @Override
    public void on(String name) {
        guarded(() -> metric.on(name));
    }

    @Override
    public void off(String name) {
        guarded(() -> metric.off(name));
    }

    @Override
    public void slowpathExercised(String name) {
        guarded(() -> metric.slowpathExercised(name));
    }

    @Override
    public void renewed(String name, Duration latency) {
        guarded(() -> metric.renewed(name, latency));
    }

    @Override
    public void renewalDelayed(String name, Duration delay) {
        guarded(() -> metric.renewalDelayed(name, delay));
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) { // errors included
            onThrown.accept(thrown);
        }
    }
}
