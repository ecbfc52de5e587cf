package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.it.Backend.StoredRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Hands that meddle with the record. */
@Execution(ExecutionMode.CONCURRENT)
class RecordIT extends ElectionScenario {

    /** Pain 25. */
    @Test
    void aRecordDeletedUnderTheLeaderEndsTheTenureAndTheNextTokenIsGreater() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.DEFAULT);
        startMany(candidates, 2, backend.settings());
        candidates.all().forEach(candidate -> candidate.await(Event.NEWLEADER));
        backend.delete(candidates.election());

        candidates.awaitTenure(2);
        assertEquals("deleted", candidates.tenures().get(0).reason(), candidates::describe);
        Tenure.assertOrdered(candidates.tenures());
    }

    @Test
    void aCorruptedRecordIsReportedAndNeverOverwrittenAndTheElectionGoesOnWhenItIsDeleted() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        startMany(candidates, 2, backend.settings());
        CandidateProcess leader = candidates.awaitLeader();
        backend.corrupt(candidates.election());
        StoredRecord corrupted = backend.read(candidates.election()).orElseThrow();

        assertEquals("malformed", leader.await(Event.STOPPED).field("reason"));
        candidates.all().forEach(candidate -> candidate.awaitError("WARNING io.github.leaderelection "));
        Waits.letPass(Timing.QUICK.lease().multipliedBy(2));
        assertEquals(corrupted, backend.read(candidates.election()).orElseThrow());
        assertEquals(1, candidates.tenures().size(), candidates::describe);
        backend.delete(candidates.election());

        candidates.awaitTenure(2);
        Tenure.assertOrdered(candidates.tenures());
    }
}
