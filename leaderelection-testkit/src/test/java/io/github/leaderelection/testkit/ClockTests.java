package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockTests {

    private final SimulatedElection election = SimulatedElection.of("demo/clocks");
    private final FencedRegister register = election.register("reports");

    private SimulatedCandidate writer(String identity) {
        return election.candidate(identity, config -> config.callbacks(new WritingLeader(election, register)));
    }

    /** The leader's clock is slow, so that it leads for too long after it was cut off. */
    private String cutOffWithASlowClock(double rate) {
        SimulatedCandidate a = writer("a");
        SimulatedCandidate b = writer("b");
        a.start();
        b.start();
        a.clockRate(rate);
        election.run(Duration.ofSeconds(5));
        a.cutNetwork();
        election.runUntil(b::isLeader);
        election.run(Duration.ofSeconds(3));
        return election.timeline();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.67, 0.9, 1.5, 3})
    void oneLeadsAtATimeWithinTheBound(double rate) {
        try (election) {
            cutOffWithASlowClock(rate);
            election.assertExclusive();
            assertEquals(List.of(), register.refused());
        }
    }

    @Test
    void twoLeadAtOnceBeyondTheBoundAndTheFencedResourceHolds() {
        try (election) {
            cutOffWithASlowClock(0.5);
            assertEquals(
                    List.of("a", "b"),
                    election.leaders().stream()
                            .map(SimulatedCandidate::identity)
                            .toList());

            AssertionError error = assertThrows(AssertionError.class, election::assertExclusive);
            assertTrue(String.valueOf(error.getMessage()).contains("a (token 1) and b (token"), error.getMessage());
            assertTrue(String.valueOf(error.getMessage()).contains("a: its network is cut"), error.getMessage());
            assertFalse(register.refused().isEmpty(), "a wrote on, beside b");
            List<Long> tokens = register.accepted().stream()
                    .map(FencedRegister.Write::token)
                    .toList();
            assertEquals(tokens.stream().sorted().toList(), tokens);
        }
    }

    /** As a virtual machine that is frozen, together with its clock. */
    @Test
    void aClockThatStoodStillIsBeyondTheBound() {
        try (election) {
            SimulatedCandidate a = writer("a");
            SimulatedCandidate b = writer("b");
            a.start();
            b.start();
            a.clockRate(0);
            a.pause();
            election.runUntil(b::isLeader);
            a.clockRate(1);
            assertTrue(a.isLeader(), "its clock says so");
            assertThrows(AssertionError.class, election::assertExclusive);
            a.resume();
            election.run(Duration.ofSeconds(3));
            assertFalse(a.isLeader(), "it has seen the other one's record");
        }
    }

    @Test
    void wallClocksAreShownAndNeverCompared() {
        try (election) {
            SimulatedCandidate a = writer("a");
            SimulatedCandidate b = writer("b");
            a.wallClockOffset(Duration.ofDays(-400));
            b.wallClockOffset(Duration.ofDays(400));
            a.start();
            b.start();
            assertEquals(
                    "2024",
                    election.record()
                            .flatMap(LeaderElectionRecord::renewTime)
                            .orElseThrow()
                            .toString()
                            .substring(0, 4));
            election.run(Duration.ofMinutes(2));
            assertTrue(a.isLeader());
            a.kill();
            election.runUntil(b::isLeader, Duration.ofSeconds(15));
            election.assertExclusive();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateThatNoClockHasIsRefused(double rate) {
        try (election) {
            SimulatedCandidate a = writer("a");
            assertThrows(IllegalArgumentException.class, () -> a.clockRate(rate));
        }
    }
}
