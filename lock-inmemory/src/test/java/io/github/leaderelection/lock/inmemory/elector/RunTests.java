package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RunTests {

    @AutoClose
    private final Arena arena = new Arena();

    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void runIsOneTenureAndReturnsAfterTheStop() {
        Candidate a = arena.candidate("a");
        a.tape.whenStopped = ended -> Stubborn.await(end);
        Candidate.Run run = a.run();
        arena.await("a leads", () -> a.tape.starts() == 1);
        arena.space.delete(Arena.ELECTION);
        arena.await("the stop has begun", () -> a.tape.stops() == 1);
        arena.walk(Arena.LEASE);
        assertFalse(run.over().isDone(), "the stop callback has not returned");
        end.countDown();
        Await.result(run.over());
        assertEquals(List.of("started", "stopped DELETED"), a.tape.ownLines());
        assertEquals(0, a.tape.count("closed"));
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertEquals(1, a.tape.starts());
    }

    @Test
    void runMayBeCalledAgain() {
        Candidate a =
                arena.candidate("a", config -> config.resignWhenWorkEnds(true).health(() -> true));
        for (int round = 1; round <= 3; round++) {
            Candidate.Run run = a.run();
            arena.walkUntil("run() returns", run.over()::isDone);
            Await.result(run.over());
            assertEquals(round, a.tape.starts());
            assertEquals(round, a.tape.count("stopped WORK_ENDED"));
            assertEquals("", arena.holder(), "released, for others to go first");
        }
        a.start();
        arena.walkUntil("a leads again", () -> a.tape.starts() == 4);
    }

    @Test
    void runAndStartAreRefusedWhileRunningAndAfterTheEnd() {
        Candidate a = arena.candidate("a").startAndLead();
        for (int round = 0; round < 2; round++) {
            assertThrows(IllegalStateException.class, a.elector::start);
            assertThrows(IllegalStateException.class, a.elector::run);
            if (round == 0) {
                Await.result(a.closing());
            }
        }
        assertEquals(1, a.tape.starts());
    }

    @Test
    void anInterruptEndsTheTenureInOrderAndLeavesTheElectorUsable() {
        Candidate a = arena.candidate("a");
        a.tape.whenStopped = ended -> Stubborn.await(end);
        Candidate.Run run = a.run();
        arena.await("a leads", () -> a.tape.starts() == 1);
        run.thread().interrupt();
        arena.await("the stop has begun", () -> a.tape.stops() == 1);
        assertFalse(run.over().isDone());
        assertEquals("a", arena.holder());
        end.countDown();
        arena.await("run() ends", run.over()::isDone);
        CompletionException failed =
                assertThrows(CompletionException.class, () -> run.over().join());
        assertInstanceOf(InterruptedException.class, failed.getCause());
        assertEquals(List.of("started", "stopped CLOSED"), a.tape.ownLines());
        assertEquals("", arena.holder(), "released, as by close()");
        a.startAndLead();
    }

    @Test
    void anInterruptEndsACampaign() {
        arena.candidate("b").startAndLead();
        Candidate a = arena.candidate("a");
        Candidate.Run run = a.run();
        arena.await("a follows", () -> a.tape.count("leader b") == 1);
        run.thread().interrupt();
        arena.await("run() ends", run.over()::isDone);
        CompletionException failed =
                assertThrows(CompletionException.class, () -> run.over().join());
        assertInstanceOf(InterruptedException.class, failed.getCause());
        assertEquals(List.of(), a.tape.ownLines());
    }

    @Test
    void closeEndsACampaignInRunWithoutATenure() {
        arena.candidate("b").startAndLead();
        Candidate a = arena.candidate("a");
        Candidate.Run run = a.run();
        arena.await("a follows", () -> a.tape.count("leader b") == 1);
        Await.result(a.closing());
        Await.result(run.over());
        assertEquals(List.of("closed"), a.tape.ownLines());
    }

    @Test
    void runOrDieRunsOneTenureAndCloses() {
        Tape tape = new Tape();
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread main = new Thread(() -> {
            try {
                LeaderElectors.runOrDie(arena.config(arena.space.lock(Arena.ELECTION, "a"))
                        .callbacks(tape)
                        .resignWhenWorkEnds(true)
                        .build());
                over.complete(null);
            } catch (InterruptedException | RuntimeException failed) {
                over.completeExceptionally(failed);
            }
        });
        main.start();
        Await.result(over);
        assertEquals(List.of("started", "stopped WORK_ENDED", "closed"), tape.ownLines());
    }

    @Test
    void stepDownLetsAnotherCandidateLead() {
        Candidate a = arena.candidate("a");
        a.tape.whenStopped = ended -> Stubborn.await(end);
        a.startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        CompletableFuture<Void> over = a.elector.stepDown().toCompletableFuture();
        arena.await("the stop has begun", () -> a.tape.stops() == 1);
        arena.walk(Arena.LEASE);
        assertFalse(over.isDone(), "the work is not quiet");
        assertFalse(b.elector.isLeader());
        end.countDown();
        Await.result(over);
        arena.await("b leads", b.elector::isLeader);
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(b.elector.isLeader());
        assertEquals(List.of("started", "stopped STEPPED_DOWN"), a.tape.ownLines());
        Await.result(b.closing());
        arena.walkUntil("a leads again", a.elector::isLeader);
    }

    @Test
    void aSingleCandidateLeadsAgainAfterHoldingBack() {
        Candidate a = arena.candidate("a").startAndLead();
        Await.result(a.elector.stepDown().toCompletableFuture());
        assertEquals("", arena.holder());
        arena.walk(Arena.RETRY);
        assertFalse(a.elector.isLeader());
        arena.walk(Arena.RETRY.multipliedBy(2));
        arena.await("a leads again", () -> a.tape.starts() == 2);
    }

    @Test
    void stepDownWithoutATenureOnlyLetsTheOthersGoFirst() {
        Candidate a = arena.candidate("a").startAndLead();
        Candidate b = arena.candidate("b").start();
        Candidate c = arena.candidate("c").start();
        arena.await("all follow", () -> b.tape.count("leader a") + c.tape.count("leader a") == 2);
        Await.result(b.elector.stepDown().toCompletableFuture());
        Await.result(a.closing());
        arena.await("c leads", c.elector::isLeader);
        assertEquals(0, b.tape.starts());
        arena.walk(Duration.ofSeconds(30));
        Await.result(c.closing());
        arena.walkUntil("b leads", b.elector::isLeader);
    }

    /** What is chained to it may do anything: it runs on a callback thread. */
    @Test
    void whatIsChainedToAStepDownMayClose() {
        Candidate a = arena.candidate("a").startAndLead();
        AtomicReference<String> thread = new AtomicReference<>("");
        CompletableFuture<Void> over = a.elector
                .stepDown()
                .thenRun(() -> {
                    thread.set(Thread.currentThread().getName());
                    a.elector.close();
                })
                .toCompletableFuture();
        Await.result(over);
        assertEquals(1, a.tape.count("closed"));
        String ranOn = String.valueOf(thread.get());
        assertFalse(ranOn.startsWith("leaderelection-loop"), ranOn);
    }
}
