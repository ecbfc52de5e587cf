package io.github.leaderelection;

/** Makes the metrics of electors. Set for the process with {@link LeaderElectors#setProvider}, or in one config. */
@FunctionalInterface
public interface MetricsProvider {

    /** The metric of a new elector. */
    LeaderMetric newLeaderMetric();
}
