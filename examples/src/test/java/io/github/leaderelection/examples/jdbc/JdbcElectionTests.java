package io.github.leaderelection.examples.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An election over the lock as its users have it: by configuration, and through the public API. */
class JdbcElectionTests {

    private static final String SETTINGS = """
            leaderelection.lock=jdbc
            leaderelection.name=demo/scheduler
            leaderelection.jdbc.url=jdbc:h2:mem:election
            leaderelection.jdbc.user=candidate
            leaderelection.jdbc.password=the candidate's secret
            """;

    private final List<Throwable> troubles = new CopyOnWriteArrayList<>();

    @AutoClose
    private final Database database = new Database("election");

    @AutoClose
    private final ResourceLock firstLock = open();

    @AutoClose
    private final ResourceLock secondLock = open();

    JdbcElectionTests() throws Exception {}

    @Test
    void whenTheLeaderIsClosedTheOtherCandidateLeads() throws Exception {
        Candidate first = new Candidate(firstLock);
        Candidate second = new Candidate(secondLock);
        try {
            first.elector.start();
            Leadership tenure = first.started.get(30, SECONDS);
            second.elector.start();

            first.elector.close();
            assertTrue(first.stopped.isDone());
            assertFalse(first.elector.isLeader());
            Leadership next = second.started.get(30, SECONDS);
            assertTrue(second.elector.isLeader());
            assertTrue(next.fencingToken() > tenure.fencingToken());
        } finally {
            first.elector.close();
            second.elector.close();
        }
        assertEquals(List.of(), troubles);
    }

    private static ResourceLock open() throws Exception {
        Properties settings = new Properties();
        settings.load(new StringReader(SETTINGS));
        return ResourceLocks.open(settings);
    }

    private final class Candidate implements LeaderCallbacks {
        private final CompletableFuture<Leadership> started = new CompletableFuture<>();
        private final CompletableFuture<Leadership> stopped = new CompletableFuture<>();
        private final LeaderElector elector;

        Candidate(ResourceLock lock) {
            elector = LeaderElectors.create(LeaderElectionConfig.builder()
                    .lock(lock)
                    .callbacks(this)
                    .retryPeriod(Duration.ofMillis(200))
                    .releaseOnCancel(true)
                    .build());
        }

        @Override
        public void onStartedLeading(Leadership leadership) {
            started.complete(leadership);
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            stopped.complete(ended);
        }

        @Override
        public void onError(Throwable error) {
            troubles.add(error);
        }
    }
}
