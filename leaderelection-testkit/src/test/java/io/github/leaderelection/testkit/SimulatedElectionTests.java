package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedElectionTests {

    /** Five candidates that are at each other for minutes, with every fault that there is. */
    private static String longStory(long seed) {
        try (SimulatedElection election = SimulatedElection.of("demo/story", seed)) {
            FencedRegister register = election.register("reports");
            SimulatedCandidate[] all = new SimulatedCandidate[5];
            for (int i = 0; i < all.length; i++) {
                all[i] = election.candidate("n" + i, config -> config.callbacks(new WritingLeader(election, register)));
                all[i].start();
            }
            for (int round = 0; round < 4; round++) {
                election.run(Duration.ofSeconds(7));
                SimulatedCandidate leader = election.awaitLeader();
                switch (round) {
                    case 0 -> leader.pause();
                    case 1 -> leader.cutReplies();
                    case 2 -> leader.kill();
                    default -> election.takeStoreAway();
                }
                all[4 - round].clockRate(0.8);
                election.run(Duration.ofSeconds(40));
                switch (round) {
                    case 0 -> leader.resume();
                    case 1 -> leader.healNetwork();
                    case 2 -> leader.restart();
                    default -> election.bringStoreBack();
                }
            }
            election.run(Duration.ofSeconds(40));
            election.awaitLeader();
            election.assertExclusive();
            return election.timeline();
        }
    }

    @Test
    void theSameStoryIsTheSameEveryTime() {
        String first = longStory(1);
        for (int i = 0; i < 10; i++) {
            assertEquals(first, longStory(1));
        }
    }

    @Test
    void seedsMakeADifference() {
        Set<String> stories = new HashSet<>();
        for (int seed = 0; seed < 5; seed++) {
            stories.add(longStory(seed));
        }
        assertNotEquals(1, stories.size());
    }

    @Test
    void aConditionThatDoesNotComeToHoldIsBoundedAndTold() {
        try (SimulatedElection election = SimulatedElection.of("demo/bound")) {
            election.candidate("a").start();
            String message = String.valueOf(
                    assertThrows(AssertionError.class, () -> election.runUntil(() -> false, Duration.ofSeconds(3)))
                            .getMessage());
            assertTrue(message.contains("PT3S"), message);
            assertTrue(message.contains("a: leads with token 1"), message);
            assertEquals(Duration.ofSeconds(3), election.elapsed());
        }
    }

    @Test
    void nobodyLeadsWhereNobodyCampaigns() {
        try (SimulatedElection election = SimulatedElection.of("demo/nobody")) {
            election.candidate("a");
            assertThrows(AssertionError.class, election::awaitLeader);
            assertEquals(SimulatedElection.LONGEST_RUN, election.elapsed());
        }
    }

    @Test
    void aLockOrATimeSourceOfOnesOwnIsRefused() {
        try (SimulatedElection election = SimulatedElection.of("demo/own")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> election.candidate("a", config -> config.timeSource(new ManualTimeSource())));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> election.candidate("a", config -> config.lock(new InMemorySpace().lock("demo", "a"))));
        }
    }

    @Test
    void leasesOfACandidateAreItsOwn() {
        try (SimulatedElection election = SimulatedElection.of("demo/lease")) {
            SimulatedCandidate a = election.candidate(
                    "a",
                    config -> config.leaseDuration(Duration.ofSeconds(3))
                            .renewDeadline(Duration.ofSeconds(2))
                            .retryPeriod(Duration.ofMillis(500)));
            SimulatedCandidate b = election.candidate("b");
            a.start();
            b.start();
            a.kill();
            election.runUntil(b::isLeader);
            assertEquals(Duration.ofSeconds(3), election.elapsed());
        }
    }
}
