package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that die and come back. */
@Execution(ExecutionMode.CONCURRENT)
class OutageIT extends ElectionScenario {

    @Test
    void aTenureOutlivesAServerThatIsKilledAndRestartedBeforeTheDeadline() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.LONG);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        startMany(candidates, 2, backend.settings());
        CandidateProcess leader = candidates.awaitLeader();
        trail.awaitWrites(2);
        backend.kill();
        backend.restart();

        trail.awaitWrites(3);
        assertEquals("true", leader.status().field("leading"));
        assertEquals(1, candidates.tenures().size(), candidates::describe);
    }

    /** Pain 6. Pain 15. */
    @Test
    void anOutageLongerThanTheDeadlineEndsTheTenureAndTheElectionGoesOnAfterIt() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        startMany(candidates, 3, backend.settings());
        CandidateProcess leader = candidates.awaitLeader();
        backend.kill();
        leader.await(Event.STOPPED);
        candidates.all().forEach(candidate -> candidate.awaitError("WARNING io.github.leaderelection "));
        backend.restart();

        candidates.awaitTenure(2);
        List<Tenure> tenures = candidates.tenures();
        assertEquals("expired", tenures.get(0).reason());
        Tenure.assertOrdered(tenures);
        assertTrue(candidates.all().stream().allMatch(CandidateProcess::isAlive), candidates::describe);
    }

    /** Pain 22. */
    @Test
    void aLeaderWhoseServerIsGoneEndsOnSigtermAllTheSame() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        startMany(candidates, 1, backend.settings(), "--release-on-cancel", "-vv");
        CandidateProcess leader = candidates.awaitLeader();
        backend.kill();
        leader.terminate();

        assertEndedInOrder(leader);
        assertTrue(leader.events().stream().anyMatch(line -> line.event() == Event.STOPPED), leader::describe);
        assertTrue(leader.errors().contains("stops leading: CLOSED"), leader::describe);
        assertTrue(leader.errors().contains("could not be released"), leader::describe);
    }

    /** No token can be known to be greater than those of a server that has forgotten them: that is said, loudly. */
    @Test
    void aServerThatComesBackEmptyHasALeaderAgainAndTheLossOfItsOrderIsReported() {
        Backend backend = open();
        for (int i = 0; i < 100; i++) {
            backend.writeElsewhere(); // more than the next leader can need, or the order would not be seen to go back
        }
        Candidates candidates = candidates(Timing.QUICK);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        startMany(candidates, 2, backend.settings());
        candidates.awaitLeader();
        trail.awaitWrites(4);
        backend.kill();
        backend.restartEmpty();

        Tenure next = candidates.awaitTenure(2);
        Tenure first = candidates.tenures().get(0);
        assertTrue(first.endMillis() <= next.beginMillis(), candidates::describe);
        next.candidate().awaitError("went back");
        // Its session is lost with all else, so that a tenure which began before it knew that does not last.
        Waits.until(
                "the record is held by whoever leads",
                candidates::describe,
                () -> candidates
                        .awaitLeader()
                        .id()
                        .equals(backend.read(candidates.election())
                                .orElseThrow()
                                .holder()));
    }
}
