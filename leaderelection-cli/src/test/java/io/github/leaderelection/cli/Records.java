package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Duration;
import java.util.Optional;

/** Records for tests. */
final class Records {

    private Records() {}

    static LeaderElectionRecord heldBy(String holder) {
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0);
    }
}
