package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderObserver;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class NotificationTests {

    @AutoClose
    private final Arena arena = new Arena();

    /** Pain 3: the reply is lost; the start comes when a read has found what was written, and not before. */
    @Test
    void startIsCalledWhenTheWriteIsKnownToHaveWon() {
        Candidate a = arena.candidate("a");
        a.faults.silenceWatches();
        a.faults.next(1, InMemoryFault.loseReply().onWrites());
        a.faults.next(1, InMemoryFault.delay(Duration.ofMillis(10)).onReads()); // the first one
        a.start();
        arena.await("the first read is under way", () -> arena.space.readCount() == 1);
        a.faults.next(1, InMemoryFault.delay(Duration.ofSeconds(1)).onReads()); // the one that settles it
        arena.walk(Duration.ofMillis(100));
        arena.await("the write is applied, and read for", () -> arena.space.readCount() == 2);
        assertEquals("a", arena.holder());
        arena.walk(Duration.ofMillis(400));
        assertFalse(a.elector.isLeader());
        assertEquals(0, a.tape.starts());
        assertEquals(1, arena.space.writeCount());
        arena.walk(Duration.ofMillis(700));
        arena.await("a leads", () -> a.elector.isLeader() && a.tape.starts() == 1);
    }

    /** Pain 3: a write that lost starts nothing. */
    @Test
    void theLoserOfARaceIsNotStarted() {
        Candidate a = arena.candidate("a");
        Candidate b = arena.candidate("b");
        a.faults.next(1, InMemoryFault.delay(Duration.ofSeconds(2)).onWrites());
        a.start();
        arena.await("a's write is under way", () -> arena.space.writeCount() == 1);
        b.startAndLead();
        arena.walk(Arena.LEASE);
        assertEquals(0, a.tape.starts());
        assertTrue(b.elector.isLeader());
    }

    /** Pain 3: announcements follow tenures. The same identity that leads again is news; its renewals are none. */
    @Test
    void theSameIdentityLeadingAgainIsToldAgain() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.await("b has heard of a", () -> b.tape.count("leader a") == 1);
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertEquals(List.of("leader a"), b.tape.leaderLines());
        b.elector.stepDown(); // holds back, too
        arena.walkUntilDone(a.elector.stepDown().toCompletableFuture());
        arena.walkUntil("somebody leads again", () -> a.elector.isLeader() || b.elector.isLeader());
        String second = a.elector.isLeader() ? "leader a" : "leader b";
        arena.await("b has heard of it", () -> b.tape.leaderLines().size() == 3);
        assertEquals(List.of("leader a", "no leader", second), b.tape.leaderLines());
    }

    /** Pain 3: nobody is told of a released record but once, and never of its empty name. */
    @Test
    void aReleasedRecordIsToldOnce() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        Candidate c = arena.candidate("c").start();
        arena.await("all have heard", () -> b.tape.count("leader a") == 1 && c.tape.count("leader a") == 1);
        arena.walkUntilDone(a.closing());
        arena.await("another one leads", () -> b.elector.isLeader() || c.elector.isLeader());
        String next = b.elector.isLeader() ? "leader b" : "leader c";
        arena.await("it is told", () -> b.tape.count(next) == 1 && c.tape.count(next) == 1);
        arena.walk(Arena.LEASE.multipliedBy(2));
        for (Candidate each : List.of(b, c)) {
            List<String> lines = each.tape.leaderLines();
            assertEquals(1, each.tape.count(next));
            assertTrue(each.tape.count("no leader") <= 1, lines::toString);
            assertEquals(1, each.tape.count("leader a"));
            assertEquals(0, each.tape.count("leader "));
        }
    }

    /** Pain 25. */
    @Test
    void aLeaderWhoseLeaseRanOutIsNoLeader() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate watcher = arena.candidate("watcher").start();
        arena.await("it has heard", () -> watcher.tape.count("leader a") == 1);
        assertEquals(Optional.of("a"), watcher.elector.getLeader());
        watcher.faults.untilHealed(InMemoryFault.refuse());
        watcher.faults.silenceWatches();
        arena.walk(Arena.LEASE.plusSeconds(1));
        assertEquals(Optional.empty(), watcher.elector.getLeader());
        arena.await("it is told", () -> watcher.tape.count("no leader") == 1);
        assertTrue(a.elector.isLeader(), "it just was not heard of");
        watcher.faults.heal();
        arena.walkUntil("it has heard again", () -> watcher.elector.getLeader().equals(Optional.of("a")));
    }

    /** Pain 25: the answer needs no thread of the elector to run. */
    @Test
    void aLeaderIsForgottenOnTimeWithAllThreadsStuck() {
        arena.candidate("a").startAndLead();
        Candidate watcher = arena.candidate("watcher").start();
        arena.await("it has heard", () -> watcher.elector.getLeader().equals(Optional.of("a")));
        watcher.faults.silenceWatches();
        watcher.holdTimers();
        arena.time.advance(Arena.LEASE.plusSeconds(1));
        assertEquals(Optional.empty(), watcher.elector.getLeader());
    }

    /** Pain 25. */
    @Test
    void anObserverTellsOfLeadersAndOfNone() {
        Tape tape = new Tape();
        try (LeaderObserver observer = arena.observe(arena.config(arena.space.lock(Arena.ELECTION, "observer"))
                .callbacks(tape)
                .build())) {
            arena.await("nobody leads", () -> tape.count("no leader") == 1);
            assertEquals(Optional.empty(), observer.getLeader());
            Candidate a = arena.candidate("a").startAndLead();
            arena.await("a is seen", () -> tape.count("leader a") == 1);
            assertEquals(Optional.of("a"), observer.getLeader());
            arena.walkUntilDone(a.closing());
            arena.await("a is gone", () -> tape.count("no leader") == 2);
            assertEquals(Optional.empty(), observer.getLeader());
            Candidate b = arena.candidate("b").startAndLead();
            arena.await("b is seen", () -> tape.count("leader b") == 1);
            b.faults.untilHealed(InMemoryFault.refuse());
            arena.walk(Arena.LEASE.plusSeconds(1));
            arena.await("b is no longer believed", () -> tape.count("no leader") == 3);
            assertEquals(Optional.empty(), observer.getLeader());
        }
        assertEquals(1, tape.count("closed"));
        assertEquals(0, tape.starts());
        assertEquals("b", arena.holder(), "an observer writes nothing");
    }

    /** Pain 25: also when the record is deleted, or is none. */
    @Test
    void anObserverTellsOfRecordsThatAreGoneOrNonsense() {
        Tape tape = new Tape();
        try (LeaderObserver observer = arena.observe(arena.config(arena.space.lock(Arena.ELECTION, "observer"))
                .callbacks(tape)
                .build())) {
            arena.space.put(Arena.ELECTION, StopForEveryStartTests.heldBy("x"));
            arena.await("x is seen", () -> observer.getLeader().equals(Optional.of("x")));
            arena.space.delete(Arena.ELECTION);
            arena.await("x is gone", () -> observer.getLeader().isEmpty());
            arena.space.put(Arena.ELECTION, StopForEveryStartTests.heldBy("y"));
            arena.await("y is seen", () -> observer.getLeader().equals(Optional.of("y")));
            arena.space.corrupt(Arena.ELECTION);
            arena.await("y is gone", () -> observer.getLeader().isEmpty() && !tape.errors.isEmpty());
            arena.space.delete(Arena.ELECTION);
            arena.space.put(Arena.ELECTION, StopForEveryStartTests.heldBy("z"));
            arena.await("z is seen", () -> tape.count("leader z") == 1);
        }
    }
}
