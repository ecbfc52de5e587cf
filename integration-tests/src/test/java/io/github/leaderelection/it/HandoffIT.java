package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How leadership begins, and goes from one process to the next. */
class HandoffIT extends ElectionScenario {

    private static final int HANDOFFS = 5;

    /**
     * On two cores it takes 20 to 30 ms. Ten times that is a bound that other work on the machine does not break; a candidate
     * that polled would need a second, and one that waited for the lease fifteen.
     */
    private static final long HANDED_OVER_WITHIN_MILLIS = 250;

    /** What a takeover may take beyond the lease: to see the last renewal, and to write. */
    private static final Duration TAKEOVER = Duration.ofMillis(500);

    /** What a loaded machine may add, on which every process has to wait for its turn. */
    private static final Duration SLACK = Duration.ofMillis(1500);

    @Test
    void ofThreeCandidatesOneLeadsAndTheOthersNameIt() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.DEFAULT);
        startMany(candidates, 3, backend.settings());
        CandidateProcess leader = candidates.awaitLeader();

        for (CandidateProcess candidate : candidates.all()) {
            candidate.await(
                    0,
                    line -> line.event() == Event.NEWLEADER
                            && line.field("leader").equals(leader.id()));
            assertEquals(
                    Boolean.toString(candidate == leader), candidate.status().field("leading"));
            assertEquals(leader.id(), candidate.status().field("leader"));
        }
        assertEquals(1, candidates.tenures().size(), candidates::describe);
        assertEquals(
                leader.id(), backend.read(candidates.election()).orElseThrow().holder());
        candidates.all().stream().filter(candidate -> candidate != leader).forEach(CandidateProcess::terminate);
        leader.terminate();
        candidates.all().forEach(ElectionScenario::assertEndedInOrder);
    }

    /** Pain 21. Pain 23. */
    @Test
    void aLeaderThatIsTerminatedStopsThenReleasesAndTheNextNeedNotWaitForTheLease() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.DEFAULT);
        startMany(candidates, HANDOFFS + 1, backend.settings(), "--release-on-cancel");
        candidates.awaitLeader();
        candidates.all().forEach(candidate -> candidate.await(Event.NEWLEADER));
        List<Long> gaps = new ArrayList<>();
        for (int handoff = 1; handoff <= HANDOFFS; handoff++) {
            CandidateProcess leader = candidates.awaitTenure(handoff).candidate();
            leader.terminate();
            Tenure next = candidates.awaitTenure(handoff + 1);
            assertEndedInOrder(leader);
            Tenure ended = candidates.tenures().get(handoff - 1);
            assertEquals("closed", ended.reason());
            gaps.add(next.beginMillis() - ended.endMillis());
        }

        Tenure.assertOrdered(candidates.tenures());
        new Figures(kind + ", SIGTERM with release, from STOPPED to STARTED", gaps)
                .assertMedianBelow(HANDED_OVER_WITHIN_MILLIS);
        assertTrue(
                Collections.max(gaps) < Timing.DEFAULT.lease().toMillis() / 2, () -> "waited for the lease: " + gaps);
    }

    @Test
    void aLeaderThatIsTerminatedWithoutReleaseLeavesItsLeaseToLapse() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        startMany(candidates, 2, backend.settings());
        CandidateProcess leader = candidates.awaitLeader();
        trail.awaitWrites(2);
        leader.terminate();

        Tenure next = candidates.awaitTenure(2);
        assertEndedInOrder(leader);
        assertTakenOverAfterTheLease(trail, leader, next);
        Tenure.assertOrdered(candidates.tenures());
        assertTrue(
                trail.entries().stream()
                        .skip(1)
                        .noneMatch(entry -> entry.holder().isEmpty()),
                "the record was released: " + trail);
    }

    @Test
    void aLeaderThatIsKilledIsFollowedAfterItsLeaseAndNoSooner() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        startMany(candidates, 3, backend.settings(), "--release-on-cancel");
        CandidateProcess leader = candidates.awaitLeader();
        trail.awaitWrites(2);
        leader.kill();

        Tenure next = candidates.awaitTenure(2);
        assertTakenOverAfterTheLease(trail, leader, next);
        Tenure.assertOrdered(candidates.tenures());
        assertTrue(leader.events().stream().noneMatch(line -> line.event() == Event.STOPPED));
        long taken = next.beginMillis() - trail.lastOf(leader.id()).sentMillis();
        System.out.println(kind + ", SIGKILL, from the sending of the last renewal to STARTED: " + taken
                + " ms, with a lease of " + Timing.QUICK.lease().toMillis() + " ms");
        Duration bound = Timing.QUICK.lease().plus(TAKEOVER).plus(SLACK);
        assertTrue(taken <= bound.toMillis(), () -> next + " began late: " + trail);
    }

    /** Sound on any machine: the last write was made no earlier than the look that did not see it yet. */
    private static void assertTakenOverAfterTheLease(RecordTrail trail, CandidateProcess leader, Tenure next) {
        long safeMillis = trail.lastOf(leader.id()).earliestMillis()
                + Timing.QUICK.lease().toMillis();
        assertTrue(
                next.beginMillis() >= safeMillis,
                () -> next + " began before the lease of " + leader.id() + " had run out at " + safeMillis + ": "
                        + trail);
    }

    @Test
    void aLeaderThatStepsDownYieldsAndLeadsAgainWhenTheOtherDoesSo() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.DEFAULT);
        startMany(candidates, 2, backend.settings());
        CandidateProcess first = candidates.awaitLeader();
        first.type("stepdown");
        CandidateProcess second = candidates.awaitTenure(2).candidate();
        second.type("stepdown");
        CandidateProcess third = candidates.awaitTenure(3).candidate();

        assertTrue(first != second && second != third, candidates::describe);
        Tenure.assertOrdered(candidates.tenures());
        List<String> reasons =
                candidates.tenures().stream().limit(2).map(Tenure::reason).toList();
        assertEquals(List.of("stepped_down", "stepped_down"), reasons);
    }

    /** Pain 25. */
    @Test
    void anObserverNamesWhoLeadsAndSaysWhenNobodyDoes() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        CandidateProcess observer = candidates.startObserver(backend.settings());
        observer.await(Event.NOLEADER);
        CandidateProcess first = candidates.start("a", backend.settings());
        observer.await(
                0,
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("a"));
        int printed = observer.events().size();
        first.kill();
        observer.await(printed, line -> line.event() == Event.NOLEADER);
        candidates.start("b", backend.settings());
        observer.await(
                printed,
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("b"));

        observer.terminate();
        assertEquals(143, observer.exitCode());
        assertEquals("", observer.garbage());
        assertEquals("", observer.errors());
        assertTrue(
                observer.events().stream()
                        .allMatch(line -> line.event() == Event.NEWLEADER || line.event() == Event.NOLEADER),
                observer::describe);
    }

    /** Pain 20. */
    @Test
    void twoProcessesWithOneIdentityAreRivals() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        CandidateProcess one = candidates.start("twin", backend.settings());
        CandidateProcess two = candidates.start("twin", backend.settings());
        CandidateProcess leader = candidates.awaitLeader();
        CandidateProcess other = leader == one ? two : one;
        other.await(Event.NEWLEADER);
        trail.awaitWrites(4);

        assertEquals("false", other.status().field("leading"));
        leader.kill();
        Tenure next = candidates.awaitTenure(2);
        assertEquals(other, next.candidate());
        Tenure.assertOrdered(candidates.tenures());
        long lapsed = trail.entries().stream()
                .filter(entry -> entry.tenure().equals(trail.entries().get(1).tenure()))
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .earliestMillis();
        assertTrue(
                next.beginMillis() >= lapsed + Timing.QUICK.lease().toMillis(),
                () -> "the twin took the record for its own: " + trail);
    }
}
