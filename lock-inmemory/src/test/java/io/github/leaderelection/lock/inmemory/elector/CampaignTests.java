package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.LeaseExpiredException;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.spi.LockDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CampaignTests {

    @AutoClose
    private final Arena arena = new Arena();

    /** Pain 6: after every loss, until closed. */
    @Test
    void aLostLeaseIsFollowedByAnotherCampaignUntilClosed() {
        Candidate a = arena.candidate("a").startAndLead();
        for (int loss = 1; loss <= 5; loss++) {
            int stops = loss;
            a.faults.untilHealed(InMemoryFault.refuse());
            a.faults.cutWatches();
            arena.walkUntil("the loss", () -> a.tape.stops() == stops);
            assertFalse(a.elector.isLeader());
            a.faults.heal();
            arena.walkUntil("the next tenure", () -> a.tape.starts() == stops + 1);
        }
        arena.walkUntilDone(a.closing());
        StopForEveryStartTests.assertAlternating(a);
        long writes = arena.space.writeCount();
        arena.walk(Arena.LEASE.multipliedBy(3));
        assertEquals(writes, arena.space.writeCount());
    }

    /** Pain 6: with a pause that grows to the retry period and no further; a backend in trouble is not stormed. */
    @Test
    void aBackendThatRefusesIsTriedWithBackoff() {
        Candidate a = arena.candidate("a");
        a.faults.untilHealed(InMemoryFault.refuse());
        a.start();
        arena.walk(Duration.ofSeconds(20));
        long before = arena.space.readCount() + arena.space.writeCount() + arena.space.watchCount();
        arena.walk(Duration.ofMinutes(2));
        long tries = arena.space.readCount() + arena.space.writeCount() + arena.space.watchCount() - before;
        // Reads and watches are each tried after one to two seconds: at least 60 and at most 120 times in two minutes.
        assertTrue(tries >= 2 * 50 && tries <= 2 * 125, tries + " tries");
        a.faults.heal();
        arena.walk(Arena.RETRY);
        arena.await("a leads", () -> a.tape.starts() == 1);
    }

    /** A record that cannot be read is reported, and never overwritten. */
    @Test
    void aRecordThatCannotBeReadIsLeftAlone() {
        arena.space.corrupt(Arena.ELECTION);
        Candidate a = arena.candidate("a").start();
        arena.walk(Arena.LEASE.multipliedBy(3));
        assertEquals(0, arena.space.writeCount());
        assertEquals(1, a.tape.errors.size(), a.tape.lines::toString);
        arena.space.delete(Arena.ELECTION);
        arena.walkUntil("a leads", () -> a.tape.starts() == 1);
    }

    static Stream<InMemoryFault> denials() {
        return Stream.of(
                InMemoryFault.deny(),
                InMemoryFault.deny().onReads(),
                InMemoryFault.deny().onWrites());
    }

    /** Pain 25: bad configuration is not retried for ever. */
    @ParameterizedTest
    @MethodSource("denials")
    void aCandidateThatIsDeniedFromTheFirstCallOnEndsByName(InMemoryFault denial) {
        Candidate a = arena.candidate("a");
        a.faults.untilHealed(denial);
        a.start();
        arena.await("a is closed", () -> a.tape.count("closed") == 1);
        assertInstanceOf(LockDeniedException.class, a.tape.errors.get(0));
        assertEquals(List.of("closed"), a.tape.ownLines());
        LeaseExpiredException unhealthy =
                assertThrows(LeaseExpiredException.class, () -> a.elector.check(Duration.ofHours(1)));
        assertInstanceOf(LockDeniedException.class, unhealthy.getCause());
        assertThrows(IllegalStateException.class, a.elector::start);
        a.elector.close();
        assertEquals(1, a.tape.count("closed"));
    }

    /** Pain 25. */
    @ParameterizedTest
    @MethodSource("denials")
    void runThrowsWhenItIsDeniedFromTheFirstCallOn(InMemoryFault denial) {
        Candidate a = arena.candidate("a");
        a.faults.untilHealed(denial);
        Candidate.Run run = a.run();
        arena.await("run() ends", run.over()::isDone);
        CompletionException failed =
                assertThrows(CompletionException.class, () -> run.over().join());
        LeaderElectionException thrown = assertInstanceOf(LeaderElectionException.class, failed.getCause());
        assertInstanceOf(LockDeniedException.class, thrown.getCause());
        assertTrue(String.valueOf(thrown.getMessage()).contains(Arena.ELECTION), thrown::getMessage);
    }

    /** Pain 25: but one that was let in once may be let in again. */
    @Test
    void aPermissionThatGoesMissingLaterIsTroubleThatPasses() {
        Candidate a = arena.candidate("a").startAndLead();
        arena.walk(Arena.LEASE);
        a.faults.untilHealed(InMemoryFault.deny());
        arena.walk(Arena.LEASE.multipliedBy(2));
        arena.await("the loss", () -> a.tape.stops() == 1);
        assertEquals(0, a.tape.count("closed"));
        a.faults.heal();
        arena.walkUntil("a leads again", () -> a.tape.starts() == 2);
    }

    /** Pain 25: a write whose reply was lost has been let in, too. */
    @Test
    void aPermissionThatGoesMissingAfterALostReplyIsTroubleThatPasses() {
        Candidate a = arena.candidate("a");
        a.faults.silenceWatches();
        a.faults.next(1, InMemoryFault.loseReply().onWrites());
        a.startAndLead();
        a.faults.untilHealed(InMemoryFault.deny().onWrites());
        arena.walk(Arena.RETRY.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        arena.await("the trouble is told", () -> a.tape.count("error LockDeniedException") == 1);
        a.elector.check(Duration.ZERO); // it has not failed
        a.faults.heal();
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        assertEquals(List.of("started"), a.tape.ownLines());
    }

    /** Pain 20: the name in the record is nobody's proof. */
    @Test
    void twoElectorsWithOneIdentityNeverLeadTogether() {
        Candidate one = arena.candidate("twin").startAndLead();
        Candidate other = arena.candidate("twin").start();
        arena.walk(Arena.LEASE.multipliedBy(4));
        assertTrue(one.elector.isLeader());
        assertFalse(other.elector.isLeader());
        one.holdTimers(); // it is paused
        for (int step = 0; step < 400 && other.tape.starts() == 0; step++) {
            arena.walk(Duration.ofMillis(50));
            assertFalse(one.elector.isLeader() && other.elector.isLeader());
        }
        arena.await("the other one leads", () -> other.tape.starts() == 1);
        one.letTimersGo();
        arena.await("it has noticed", () -> one.tape.stops() == 1);
        arena.walk(Arena.LEASE.multipliedBy(4));
        assertFalse(one.elector.isLeader());
        assertTrue(other.elector.isLeader());
        assertEquals(1, one.tape.starts());
        assertTrue(
                other.tape.lastTenure().fencingToken() > one.tape.lastTenure().fencingToken());
    }

    /** I2. */
    @Test
    void fencingTokensIncreaseFromTenureToTenureAlsoAfterADeletion() {
        Candidate a = arena.candidate("a");
        Candidate b = arena.candidate("b");
        a.startAndLead();
        b.start();
        long last = 0;
        for (int round = 0; round < 6; round++) {
            Candidate leader = a.elector.isLeader() ? a : b;
            Candidate follower = leader == a ? b : a;
            long token = leader.elector.leadership().orElseThrow().fencingToken();
            assertTrue(token > last, token + " after " + last);
            last = token;
            arena.await("the start", () -> leader.tape.starts() > leader.tape.stops());
            long stops = leader.tape.stops();
            if (round % 2 == 0) {
                leader.elector.stepDown();
            } else {
                arena.space.delete(Arena.ELECTION);
            }
            arena.await("the stop", () -> leader.tape.stops() == stops + 1);
            arena.walkUntil("a leader", () -> leader.elector.isLeader() || follower.elector.isLeader());
        }
    }
}
