package io.github.leaderelection.it;

import java.time.Duration;
import java.util.List;

/**
 * The durations of an election.
 *
 * @param lease the lease duration
 * @param renew the renew deadline
 * @param retry the retry period
 */
record Timing(Duration lease, Duration renew, Duration retry) {

    /** So that a lease can be waited for. */
    static final Timing QUICK = new Timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(500));

    /** The defaults of the library. */
    static final Timing DEFAULT = new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    /** So that a server can be started within the renew deadline, on a busy machine as well. */
    static final Timing LONG = new Timing(Duration.ofSeconds(45), Duration.ofSeconds(30), Duration.ofSeconds(2));

    List<String> options() {
        return List.of(
                "--lease-duration",
                lease.toString(),
                "--renew-deadline",
                renew.toString(),
                "--retry-period",
                retry.toString());
    }
}
