package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.inmemory.InMemoryClient;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Electors whose records a session holds. */
class SessionElectionTests {

    @AutoClose
    private final Arena arena = new Arena();

    private Candidate candidate(String identity) {
        return candidate(identity, config -> {});
    }

    private Candidate candidate(String identity, Consumer<LeaderElectionConfig.Builder> settings) {
        return arena.candidate(arena.space.lock(Arena.ELECTION, identity, Leases.SESSION), settings);
    }

    /** An elector of a client that has others, which share its session for having one time source. */
    private Candidate of(InMemoryClient client, String election, String identity) {
        return of(client, election, identity, config -> {});
    }

    private Candidate of(
            InMemoryClient client, String election, String identity, Consumer<LeaderElectionConfig.Builder> settings) {
        return arena.candidate(client.lock(election, identity, Leases.SESSION), config -> {
            config.name(election).timeSource(arena.time);
            settings.accept(config);
        });
    }

    private String session() {
        return arena.record().session().orElse("none");
    }

    @Test
    void aLeaderWritesNothingForAsLongAsItsSessionIsAlive() {
        Candidate a = candidate("a").startAndLead();
        candidate("b").start();
        arena.walk(Arena.LEASE);
        long writes = arena.space.writeCount();
        long reads = arena.space.readCount();
        long watches = arena.space.watchCount();
        arena.walk(Arena.LEASE.multipliedBy(20));
        assertTrue(a.elector.isLeader());
        assertEquals(0, arena.space.writeCount() - writes);
        long looks = arena.space.readCount() - reads;
        assertTrue(
                looks <= 8 + 31,
                looks + " looks: the leader has one in four renew deadlines, its successor one in each");
        assertEquals(watches, arena.space.watchCount());
        assertEquals(1, a.tape.starts());
    }

    @Test
    void oneKeepAliveInEachRetryPeriodServesAllElectionsOfAClient() {
        InMemoryClient client = arena.space.client("process");
        List<Candidate> electors = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            electors.add(of(client, "election-" + i, "a").startAndLead());
        }
        arena.walk(Arena.RETRY);
        long before = arena.space.keepAliveCount();
        arena.walk(Arena.RETRY.multipliedBy(30));
        long kept = arena.space.keepAliveCount() - before;
        assertTrue(kept >= 29 && kept <= 31, kept + " keep-alives in 30 retry periods");
        assertTrue(electors.stream().allMatch(each -> each.elector.isLeader()));
    }

    @Test
    void aLeaderThatFallsSilentIsSucceededWhenItsSessionHasEndedAndNotBefore() {
        Candidate a = candidate("a").startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.LEASE);
        a.faults.untilHealed(InMemoryFault.loseRequest().onSessions());
        arena.walk(Arena.RENEW);
        assertFalse(a.elector.isLeader());
        assertFalse(b.elector.isLeader());
        assertEquals("a", arena.holder());
        arena.walkUntil("b leads", b.elector::isLeader);
        assertEquals("b", arena.holder());
        arena.await("a was told to stop", () -> a.tape.stops() == 1);
    }

    @Test
    void nobodyElseTakesTheRecordOfASessionByTime() {
        candidate("a").startAndLead();
        Candidate observing = arena.candidate("b").start();
        arena.walk(Arena.LEASE.multipliedBy(10));
        assertFalse(observing.elector.isLeader());
        assertEquals("a", arena.holder());
    }

    @Test
    void aTenureEndsWhenTheBackendHasEndedTheSessionAndTheElectionGoesOn() {
        Candidate a = candidate("a").startAndLead();
        String first = session();
        arena.space.endSession(first);
        arena.walkUntil("a leads again", () -> a.tape.starts() == 2 && a.elector.isLeader());
        assertEquals(1, a.tape.stops());
        assertFalse(first.equals(session()));
    }

    @Test
    void aStepDownHandsOverInNoTimeAndInOneWrite() {
        Candidate a = candidate("a").startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.LEASE);
        long writes = arena.space.writeCount();
        a.elector.stepDown();
        arena.await("b leads", b.elector::isLeader);
        assertEquals("b", arena.holder());
        assertEquals(1, arena.space.writeCount() - writes);
        assertEquals(1, arena.record().leaderTransitions());
        assertEquals(b.elector.leadership().orElseThrow().fencingToken(), arena.space.writeCount());
    }

    /** Pain 19: one is handed over to, and the others do not even try. Who is next they settle afterwards, in their own time. */
    @Test
    void aHandoffInACrowdCostsOneWrite() {
        List<Candidate> crowd = new ArrayList<>(List.of(candidate("leader").startAndLead()));
        for (int i = 0; i < 20; i++) {
            crowd.add(candidate("candidate-" + i).start());
        }
        arena.walk(Arena.LEASE);
        for (int handoff = 0; handoff < 10; handoff++) {
            Candidate leader = leader(crowd);
            long writes = arena.space.writeCount();
            leader.elector.stepDown();
            arena.await(
                    "another one leads",
                    () -> crowd.stream().anyMatch(each -> each != leader && each.elector.isLeader()));
            assertEquals(1, arena.space.writeCount() - writes);
            arena.walk(Arena.RETRY.multipliedBy(2));
            assertTrue(arena.record().successor().isPresent(), "nobody stands by");
        }
    }

    private static Candidate leader(List<Candidate> candidates) {
        return candidates.stream()
                .filter(each -> each.elector.isLeader())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCandidateThatClosesIsNotHandedOverTo() {
        Candidate a = candidate("a").startAndLead();
        Candidate b = candidate("b").start();
        Candidate c = candidate("c").start();
        arena.walk(Arena.LEASE);
        String next = arena.record().successor().orElseThrow().holderIdentity();
        Candidate gone = next.equals("b") ? b : c;
        Candidate stays = next.equals("b") ? c : b;
        gone.elector.close();
        arena.await(
                "it withdraws",
                () -> arena.record()
                        .successor()
                        .filter(left -> left.holderIdentity().equals(next))
                        .isEmpty());
        a.elector.stepDown();
        arena.walkUntil("the other one leads", stays.elector::isLeader);
    }

    @Test
    void aSuccessorThatDiesIsReplacedWithinItsLease() {
        Candidate a = candidate("a").startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.RETRY);
        assertEquals("b", arena.record().successor().orElseThrow().holderIdentity());
        Candidate c = candidate("c").start();
        b.faults.untilHealed(InMemoryFault.loseRequest().onSessions());
        b.faults.untilHealed(InMemoryFault.loseRequest());
        arena.walk(Arena.LEASE.plus(Arena.RETRY.multipliedBy(2)));
        assertEquals("c", arena.record().successor().orElseThrow().holderIdentity());
        a.elector.stepDown();
        arena.await("c leads", c.elector::isLeader);
    }

    /** The session lives on for the other election: what is not released must not stay held with it. */
    @Test
    void aRecordThatIsNotReleasedLapsesThoughTheSessionLivesOn() {
        InMemoryClient client = arena.space.client("process");
        Candidate closing = of(client, Arena.ELECTION, "a", config -> config.releaseOnCancel(false))
                .startAndLead();
        Candidate other = of(client, "other", "a").startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.RETRY);
        arena.walkUntilDone(closing.closing());
        assertEquals("none", session());
        assertEquals("a", arena.holder());
        arena.walk(Arena.LEASE.minus(Duration.ofSeconds(1)));
        assertFalse(b.elector.isLeader());
        arena.walkUntil("b leads", b.elector::isLeader);
        assertTrue(other.elector.isLeader());
        assertEquals(1, other.tape.starts());
    }

    /** As above, but what would free the record does not arrive: the session is given up, for all its elections. */
    @Test
    void aRecordThatCannotBeReleasedCostsTheSession() {
        InMemoryClient client = arena.space.client("process");
        Candidate closing = of(client, Arena.ELECTION, "a").startAndLead();
        Candidate other = of(client, "other", "another").startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.RETRY);
        closing.faults.untilHealed(InMemoryFault.loseRequest().onWrites());
        closing.faults.untilHealed(InMemoryFault.loseRequest().onReads());
        arena.walkUntilDone(closing.closing());
        arena.walkUntil("b leads", b.elector::isLeader);
        arena.walkUntil("the other election goes on", () -> other.tape.starts() == 2 && other.elector.isLeader());
        assertEquals(1, other.tape.stops());
    }

    /** Two electors of one client, and so of one session, are rivals as any two are. */
    @Test
    void electorsOfOneClientTakeOverFromEachOther() {
        InMemoryClient client = arena.space.client("process");
        Candidate a = of(client, Arena.ELECTION, "a").startAndLead();
        Candidate b = of(client, Arena.ELECTION, "b").start();
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        assertFalse(b.elector.isLeader());
        arena.walkUntilDone(a.closing());
        arena.await("b leads", b.elector::isLeader);
    }

    /** Work that never ends: its lease lapses, though the session is kept alive by the very elector. */
    @Test
    void workThatNeverEndsHoldsTheRecordForOneMoreLeaseOnly() {
        CountDownLatch end = new CountDownLatch(1);
        Candidate a = candidate("a", config -> config.drainTimeout(Duration.ofSeconds(5)));
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        a.startAndLead();
        Candidate b = candidate("b").start();
        arena.walk(Arena.RETRY);
        a.elector.stepDown();
        arena.walk(Duration.ofSeconds(6));
        assertEquals("none", session());
        arena.walkUntil("b leads", b.elector::isLeader);
        end.countDown();
    }

    @Test
    void whoIsRefusedASessionFromTheFirstOnFails() {
        Candidate a = candidate("a");
        a.faults.untilHealed(InMemoryFault.deny().onSessions());
        CompletableFuture<Void> over = a.run().over();
        arena.await("run() throws", over::isCompletedExceptionally);
        assertEquals(Optional.empty(), arena.space.record(Arena.ELECTION));
    }
}
