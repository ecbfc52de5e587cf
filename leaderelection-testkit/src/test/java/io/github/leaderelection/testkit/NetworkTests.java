package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetworkTests {

    private final SimulatedElection election = SimulatedElection.of("demo/network");
    private final SimulatedCandidate a = election.candidate("a");
    private final SimulatedCandidate b = election.candidate("b");

    @AfterEach
    void end() {
        election.assertExclusive();
        election.close();
    }

    private void bothStart() {
        a.start();
        b.start();
        assertTrue(a.isLeader());
        election.run(Duration.ofSeconds(5)); // the last renewal is 1 s old
    }

    private Instant renewed() {
        return election.record().flatMap(LeaderElectionRecord::renewTime).orElseThrow();
    }

    @Test
    void aLeaderThatIsCutOffStopsAtItsDeadlineAndAnotherTakesOverAtTheEndOfTheLease() {
        bothStart();
        a.cutNetwork();
        election.run(Duration.ofSeconds(9).minusNanos(1));
        assertTrue(a.isLeader());
        election.run(Duration.ofNanos(1));
        assertFalse(a.isLeader());
        election.run(Duration.ofSeconds(5).minusNanos(1));
        assertFalse(b.isLeader());
        election.run(Duration.ofNanos(1));
        assertTrue(b.isLeader());

        assertEquals(Optional.of("a"), a.elector().getLeader().or(() -> Optional.of("a")), "a knows nothing newer");
        a.healNetwork();
        election.run(Duration.ofSeconds(5));
        assertEquals(Optional.of("b"), a.elector().getLeader());
    }

    @Test
    void requestsThatAreLostHaveNoEffectAndTheWatchStillTells() {
        bothStart();
        Instant renewed = renewed();
        b.cutRequests();
        a.cutRequests();
        election.run(Duration.ofSeconds(4));
        assertEquals(renewed, renewed());
        assertEquals(Optional.of("a"), b.elector().getLeader());

        a.healNetwork();
        election.run(Duration.ofSeconds(4));
        a.stepDown();
        assertEquals(Optional.empty(), b.elector().getLeader(), "the watch of b told it that a has released");
        assertFalse(b.isLeader());
    }

    @Test
    void repliesThatAreLostLeaveTheirEffectAndTheLeaderStops() {
        bothStart();
        Instant renewed = renewed();
        a.cutReplies();
        election.run(Duration.ofSeconds(2));
        assertTrue(renewed().isAfter(renewed), "its renewal reached the store");
        election.run(Duration.ofSeconds(8));
        assertFalse(a.isLeader());
        election.runUntil(b::isLeader);
    }

    @Test
    void aCutThatIsHealedInTimeCostsNoTenure() {
        bothStart();
        a.cutNetwork();
        election.run(Duration.ofSeconds(7));
        a.healNetwork();
        election.run(Duration.ofSeconds(30));
        assertTrue(a.isLeader());
        assertFalse(b.isLeader());
    }

    @Test
    void nobodyLeadsWithoutAStoreAndSomebodyDoesWhenItIsBack() {
        bothStart();
        a.cutNetwork();
        election.takeStoreAway();
        election.run(Duration.ofMinutes(1));
        assertFalse(a.isLeader());
        assertFalse(b.isLeader());

        election.bringStoreBack();
        election.runUntil(b::isLeader, Duration.ofSeconds(30));
        assertEquals(Optional.of("b"), election.record().map(LeaderElectionRecord::holderIdentity));
        election.run(Duration.ofSeconds(30));
        assertTrue(b.isLeader(), "a is still cut off");
    }

    /** Healing a network does not bring back what is at its other end. */
    @Test
    void aNetworkThatIsHealedWithoutAStoreReachesNothing() {
        bothStart();
        election.takeStoreAway();
        a.cutNetwork();
        a.healNetwork();
        SimulatedCandidate c = election.candidate("c");
        c.start();
        election.run(Duration.ofMinutes(1));
        assertFalse(a.isLeader());
        assertFalse(c.isLeader());
        election.bringStoreBack();
        election.runUntil(() -> !election.leaders().isEmpty(), Duration.ofSeconds(30));
    }

    @Test
    void aDeletedRecordEndsTheTenureAndTheTokenGrowsAllTheSame() {
        bothStart();
        long token = a.elector().leadership().orElseThrow().fencingToken();
        election.deleteRecord();
        SimulatedCandidate next = election.awaitLeader();
        assertTrue(next.elector().leadership().orElseThrow().fencingToken() > token, election.timeline());
    }
}
