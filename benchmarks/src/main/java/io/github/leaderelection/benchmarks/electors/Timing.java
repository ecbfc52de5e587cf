package io.github.leaderelection.benchmarks.electors;

import java.time.Duration;

/**
 * The durations of an election, as far as an elector has them.
 *
 * @param lease the lease; for Curator the session, for jetcd the time to live
 * @param renew the renew deadline
 * @param retry the retry period
 */
public record Timing(Duration lease, Duration renew, Duration retry) {

    /** Kubernetes' defaults, which are those of this project. */
    public static final Timing KUBERNETES =
            new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    /** A third of it, where sessions are customary. */
    public static final Timing SESSION =
            new Timing(Duration.ofSeconds(5), Duration.ofMillis(3333), Duration.ofMillis(667));
}
