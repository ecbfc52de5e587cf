package io.github.leaderelection.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing here waits for the time that passes, the end of the elector included. */
@Timeout(10)
class ReportJobTests {

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);

    @Test
    void theJobStopsWhenItsLeaseCannotBeRenewed() throws Exception {
        ReportJob job = new ReportJob();
        try (LeaderElector elector = elector("a", job)) {
            elector.start();
            assertTrue(job.started.await(30, SECONDS));

            space.faults("a").untilHealed(InMemoryFault.loseRequest()); // the network is gone
            time.advance(Duration.ofSeconds(10)); // the renew deadline, without waiting for it

            assertFalse(elector.isLeader());
            assertTrue(job.stopped.await(30, SECONDS));
        }
    }

    private LeaderElector elector(String identity, ReportJob job) {
        return LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(space.lock("reports", identity))
                .timeSource(time)
                .callbacks(job)
                .build());
    }
}
