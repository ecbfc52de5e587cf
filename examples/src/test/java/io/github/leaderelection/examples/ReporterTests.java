package io.github.leaderelection.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.testkit.FencedRegister;
import io.github.leaderelection.testkit.SimulatedCandidate;
import io.github.leaderelection.testkit.SimulatedElection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ReporterTests {

    @AutoClose
    private final SimulatedElection election = SimulatedElection.of("reports");

    private final FencedRegister archive = election.register("archive");
    private final SimulatedCandidate a = reporter("a");
    private final SimulatedCandidate b = reporter("b");

    private SimulatedCandidate reporter(String identity) {
        return election.candidate(identity, config -> config.callbacks(new Reporter(archive::write, election::sleep)));
    }

    @Test
    void aReportThatAPauseHasMadeStaleIsRefused() {
        a.start();
        b.start();
        election.run(Duration.ofSeconds(5));

        a.pause(); // a long garbage collection, in the middle of the second report
        election.run(Duration.ofSeconds(30));
        assertTrue(b.isLeader());
        a.resume(); // and it files what it has made, before it knows

        assertFalse(a.isLeader());
        assertEquals(
                List.of("by a"),
                archive.refused().stream().map(FencedRegister.Write::value).toList());
        election.assertExclusive();
    }

    @Test
    void reportsGoOnWhenTheLeaderCrashes() {
        a.start();
        b.start();
        election.run(Duration.ofSeconds(7));
        a.kill();
        election.runUntil(b::isLeader);
        election.run(Duration.ofSeconds(3));

        assertEquals(
                List.of("by a", "by a", "by b"),
                archive.accepted().stream().map(FencedRegister.Write::value).toList());
        election.assertExclusive();
    }

    @Test
    void theArchiveHoldsEvenWhenClocksDoNot() {
        a.start();
        b.start();
        a.clockRate(0.4); // far beyond the bound
        a.cutNetwork();
        election.runUntil(() -> election.leaders().size() == 2);
        election.run(Duration.ofSeconds(10));

        assertThrows(AssertionError.class, election::assertExclusive);
        assertFalse(archive.refused().isEmpty());
    }
}
