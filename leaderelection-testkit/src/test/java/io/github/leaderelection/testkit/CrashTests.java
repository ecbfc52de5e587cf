package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CrashTests {

    private final SimulatedElection election = SimulatedElection.of("demo/crash");
    private final FencedRegister register = election.register("reports");
    private final List<WritingLeader> lives = new ArrayList<>();

    private SimulatedCandidate writer(String identity) {
        return election.candidate(identity, config -> {
            WritingLeader leader = new WritingLeader(election, register);
            lives.add(leader);
            config.callbacks(leader).releaseOnCancel(true);
        });
    }

    @Test
    void aKilledLeaderIsToldNothingAndWritesNothing() {
        try (election) {
            SimulatedCandidate a = writer("a");
            SimulatedCandidate b = election.candidate("b");
            a.start();
            b.start();
            election.run(Duration.ofMillis(2500));
            a.kill();
            assertFalse(a.isLeader());
            election.runUntil(b::isLeader);

            assertEquals(Duration.ofSeconds(17), election.elapsed(), "a lease after the renewal at 2 s");
            assertEquals(List.of("started"), lives.get(0).told);
            assertEquals(2, register.accepted().size());
        }
        assertEquals(List.of("started"), lives.get(0).told, "not by the end of the election either");
    }

    /** Its own record keeps a process of the same name waiting: the name is not the process. */
    @Test
    void aRestartedCandidateIsAnotherProcess() {
        try (election) {
            SimulatedCandidate a = writer("a");
            a.start();
            a.kill();
            a.restart();
            assertFalse(a.isLeader());
            election.runUntil(a::isLeader);
            assertEquals(Duration.ofSeconds(15), election.elapsed());
            assertEquals(2, lives.size());
            election.assertExclusive();
        }
    }

    @Test
    void onlyWhatHasEndedIsRestarted() {
        try (election) {
            SimulatedCandidate a = writer("a");
            a.start();
            assertThrows(IllegalStateException.class, a::restart);
            a.close();
            a.restart();
            assertTrue(a.isLeader(), "it had released");
        }
    }

    @Test
    void nothingBefallsAProcessThatIsGone() {
        try (election) {
            SimulatedCandidate a = writer("a");
            a.kill();
            assertThrows(IllegalStateException.class, a::start);
            assertThrows(IllegalStateException.class, a::pause);
            assertThrows(IllegalStateException.class, a::cutNetwork);
            assertThrows(IllegalStateException.class, a::kill);
        }
    }

    @Test
    void twoOfOneIdentityAreRivalsWithNetworksOfTheirOwn() {
        try (election) {
            SimulatedCandidate one = writer("a");
            SimulatedCandidate other = writer("a");
            one.start();
            other.start();
            other.cutNetwork();
            election.run(Duration.ofMinutes(1));
            assertTrue(one.isLeader());
            assertFalse(other.isLeader());
            other.healNetwork();
            one.kill();
            election.runUntil(other::isLeader);
            election.assertExclusive();
        }
    }

    @Test
    void aCandidateThatClosesEndsItsWorkAndReleases() {
        try (election) {
            SimulatedCandidate a = writer("a");
            a.start();
            a.close();
            assertEquals(List.of("started", "stopped"), lives.get(0).told);
            assertEquals(Optional.of(""), election.record().map(LeaderElectionRecord::holderIdentity));
        }
    }

    @Test
    void whoStepsDownLetsTheOtherLead() {
        try (election) {
            SimulatedCandidate a = writer("a");
            SimulatedCandidate b = writer("b");
            a.start();
            b.start();
            a.stepDown();
            election.runUntil(b::isLeader, Duration.ofSeconds(3));
            assertEquals(List.of("started", "stopped"), lives.get(0).told);
            election.assertExclusive();
        }
    }
}
