package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RequestCountTests {

    private static final int CANDIDATES = 20;

    @AutoClose
    private final Arena arena = new Arena();

    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
            candidates.add(arena.candidate("candidate-" + i).start());
        }
        arena.await("somebody leads", () -> candidates.stream().anyMatch(each -> each.elector.isLeader()));
        arena.walk(Arena.LEASE.multipliedBy(2));
        return candidates;
    }

    private static Candidate leader(List<Candidate> candidates) {
        return candidates.stream()
                .filter(each -> each.elector.isLeader())
                .findFirst()
                .orElseThrow();
    }

    /** Pain 18: the leader writes once in each retry period, and nobody reads. */
    @Test
    void steadyStateCostsNoReads() {
        List<Candidate> candidates = candidates();
        Candidate leader = leader(candidates);
        long reads = arena.space.readCount();
        long writes = arena.space.writeCount();
        long watches = arena.space.watchCount();
        int leases = 20;
        arena.walk(Arena.LEASE.multipliedBy(leases));
        assertEquals(0, arena.space.readCount() - reads);
        assertEquals(0, arena.space.watchCount() - watches);
        long renewals = arena.space.writeCount() - writes;
        long due = Arena.LEASE.multipliedBy(leases).dividedBy(Arena.RETRY);
        assertTrue(renewals <= due + 1 && renewals >= due - due / 10, renewals + " renewals, due are " + due);
        assertEquals(leader, leader(candidates));
    }

    /**
     * Pain 19: when the record is released, each candidate tries once; those who lose read once at most. With the release
     * and the first renewal that is at most two requests for each candidate and three more.
     */
    @Test
    void aHandoffCostsAtMostTwoRequestsForEachCandidate() {
        List<Candidate> candidates = candidates();
        Candidate leader = leader(candidates);
        long before = arena.space.readCount() + arena.space.writeCount();
        leader.elector.stepDown();
        arena.await("the stop", () -> leader.tape.stops() == 1);
        arena.await("another one leads", () -> candidates.stream().anyMatch(each -> each.elector.isLeader()));
        arena.walk(Duration.ofSeconds(1));
        long requests = arena.space.readCount() + arena.space.writeCount() - before;
        assertTrue(requests <= 2 * CANDIDATES + 3, requests + " requests");
    }

    /** Pain 19: nor when the leader is gone without a word. */
    @Test
    void aTakeoverCostsAtMostThreeRequestsForEachCandidate() {
        List<Candidate> candidates = candidates();
        Candidate leader = leader(candidates);
        leader.holdTimers();
        leader.faults.silenceWatches();
        long before = arena.space.readCount() + arena.space.writeCount();
        arena.walkUntil(
                "another one leads",
                () -> candidates.stream().anyMatch(each -> each != leader && each.elector.isLeader()));
        arena.walk(Duration.ofSeconds(1));
        long requests = arena.space.readCount() + arena.space.writeCount() - before;
        // Half a lease of silence is worth a look: one read. Then the write, and for the losers one read more.
        assertTrue(requests <= 3 * CANDIDATES + 1, requests + " requests");
    }
}
