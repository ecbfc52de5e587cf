package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.LeaderMetric;
import io.github.leaderelection.LeaseExpiredException;
import io.github.leaderelection.spi.LockDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ElectorRuntimeTests {

    /** Pain 5: events still come in after the end: an answer to what was given up, somebody who steps down. */
    @Test
    void closedIsToldOnceHoweverMuchStillComesIn() {
        Rig rig = new Rig(false, config -> {});
        rig.lock.reads.add(act -> new CompletableFuture<>());
        rig.start();
        Thread closing = rig.closing();
        rig.elector.stepDown();
        rig.elector.stepDown();
        rig.loops.runAll(); // all of it before the first callback
        rig.settle();
        Rig.join(closing);
        assertEquals(List.of("closed"), rig.told.lines);
    }

    /** "No call follows it." */
    @Test
    void noCallFollowsClosed() {
        Rig rig = new Rig();
        rig.told.whenClosed = () -> {
            throw new IllegalStateException("thrown by onClosed");
        };
        rig.start();
        rig.close();
        rig.settle();
        assertEquals(
                List.of("started 1", "leader a", "stopped CLOSED", "no leader", "closed"),
                sortedStart(rig.told.lines),
                () -> rig.told.lines.toString());
    }

    /** Announcements and the start come on threads of their own, so that their order is not given. */
    private static List<String> sortedStart(List<String> lines) {
        List<String> known = new ArrayList<>(lines);
        known.remove("no leader"); // of the beginning, when there was no record
        int started = known.indexOf("started 1");
        if (started > 0) {
            known.remove(started);
            known.add(0, "started 1");
        }
        return known;
    }

    /** An onError that throws is logged, and not told of itself: that would never end. */
    @Test
    void whatOnErrorThrowsIsNotHandedToOnError() {
        Rig rig = new Rig();
        rig.told.whenStarted = () -> {
            throw new IllegalStateException("the work");
        };
        rig.told.whenError = () -> {
            throw new IllegalStateException("the report");
        };
        rig.start();
        assertEquals(
                List.of("the work"),
                rig.told.errors.stream().map(Throwable::getMessage).toList());
        rig.close();
    }

    /** Pain 24: a lease is not kept for work that cannot start, because an earlier callback has not returned. */
    @Test
    void aLeaseIsGivenUpWhenItsWorkCannotStart() {
        Rig rig = new Rig();
        rig.elector.start();
        rig.loops.runAll(); // and no callback gets to run
        rig.time.advance(Duration.ofSeconds(9), rig.loops::runAll);
        assertTrue(rig.elector.isLeader(), "renewed so far");
        rig.time.advance(Duration.ofSeconds(2), rig.loops::runAll);
        assertFalse(rig.elector.isLeader());
        rig.settle();
        assertEquals(
                0,
                rig.told.lines.stream()
                        .filter(line -> line.startsWith("started"))
                        .count());
        assertEquals(
                0,
                rig.told.lines.stream()
                        .filter(line -> line.startsWith("stopped"))
                        .count());
        assertTrue(rig.told.errors.toString().contains("could not start within the drain timeout"));
        assertEquals("", rig.lock.record().holderIdentity(), "released to others");
        rig.close();
    }

    /** Pain 22: work that does not end is waited for once, not once more for what stands behind it. */
    @Test
    void closeWaitsForWorkThatDoesNotEndForOneDrainTimeoutOnly() {
        Rig rig = new Rig();
        rig.start();
        Thread closing = rig.closing();
        rig.loops.runAll(); // and no callback thread gets to run: the work hangs
        rig.time.advance(Duration.ofSeconds(9), rig.loops::runAll);
        assertTrue(closing.isAlive());
        rig.time.advance(Duration.ofSeconds(1), rig.loops::runAll);
        Rig.join(closing);
        rig.settle();
    }

    /** Pain 22: but once that work has ended after all, there is again nothing that close() would not wait for. */
    @Test
    void closeWaitsUntilTheEndIsToldAlsoAfterWorkThatEndedLate() {
        Rig rig = new Rig().start();
        rig.elector.stepDown();
        rig.loops.runAll(); // and no callback thread gets to run: the work hangs
        rig.time.advance(Duration.ofSeconds(11), rig.loops::runAll);
        rig.settle();
        rig.lock.put(Rig.heldBy("b"));
        rig.settle();
        Thread closing = rig.closing();
        rig.loops.runAll();
        assertEquals(1, rig.time.pendingCount(), "the patience that it has with onClosed");
        rig.settle();
        Rig.join(closing);
        assertEquals(1, rig.told.count("closed"));
        assertEquals(0, rig.time.pendingCount());
    }

    /** Misuse, and no bug of ours: who is refused for good may try again at once, between any two things that we do. */
    @Test
    void anElectorThatWasRefusedForGoodIsClosedAsSoonAsRunThrows() {
        Rig rig = new Rig(Runnable::run); // callbacks that could not be quicker: nothing is left to wait for
        rig.lock.reads.add(act -> CompletableFuture.failedFuture(new LockDeniedException("denied")));
        List<String> answers = new ArrayList<>();
        rig.time.whenCancelled = () -> answers.add(startAgain(rig)); // its timer among them, after its end
        Thread run = rig.waiting(() -> assertThrows(LeaderElectionException.class, rig.elector::run));
        rig.settle();
        Rig.join(run);
        assertFalse(answers.contains("started"), answers::toString);
        assertEquals("the elector a is closed: make a new one", startAgain(rig));
        assertEquals(List.of("error denied", "closed"), rig.told.lines);
        rig.close();
    }

    private static String startAgain(Rig rig) {
        try {
            rig.elector.start();
            return "started";
        } catch (IllegalStateException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** What a user learns in a callback, the elector says, too. */
    @Test
    void theLeaderIsKnownBeforeItIsAnnounced() {
        Rig rig = new Rig(Runnable::run); // callbacks that could not be quicker
        List<Optional<String>> seen = new ArrayList<>();
        rig.told.whenLeader = () -> seen.add(rig.elector.getLeader());
        rig.start();
        assertEquals(List.of(Optional.of("a")), seen);
        rig.close();
    }

    /** Pain 22: what users chain to a future of ours is user code, too. */
    @Test
    void whatFollowsAStepDownDoesNotRunOnTheLoop() {
        Rig rig = new Rig().start();
        CountDownLatch ran = new CountDownLatch(1);
        rig.elector.stepDown().thenRun(ran::countDown);
        boolean more = true;
        while (more) {
            long before = ran.getCount();
            more = rig.loops.runOne();
            assertEquals(before, ran.getCount(), "user code on the loop");
            more |= rig.callbacks.runOne();
        }
        assertEquals(0, ran.getCount());
        rig.close();
    }

    /** Pain 22: no wait is without a bound, not even for work that never ends. */
    @Test
    void aStepDownIsOverWhenTheLeaseIsLeftToLapse() {
        Rig rig = new Rig();
        rig.start();
        CompletableFuture<Void> work = new CompletableFuture<>();
        rig.told.whenStopped = work::join;
        CompletableFuture<Void> over = rig.elector.stepDown().toCompletableFuture();
        rig.loops.runAll(); // and no callback thread gets to run: the work hangs
        rig.time.advance(Duration.ofSeconds(9), rig.loops::runAll);
        assertFalse(over.isDone());
        rig.time.advance(Duration.ofSeconds(2), rig.loops::runAll);
        work.complete(null);
        rig.callbacks.runAll();
        assertTrue(over.isDone());
        assertEquals("a", rig.lock.record().holderIdentity(), "left to lapse");
        rig.close();
    }

    /** Pain 22: users may hold the monitor of whatever they were given. */
    @Test
    void anElectorThatAUserLocksLosesNothing() throws InterruptedException {
        Rig rig = new Rig().start();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Thread user = new Thread(() -> {
            synchronized (rig.elector) {
                synchronized (rig.elector.leadership().orElseThrow()) {
                    locked.countDown();
                    awaitQuietly(enough);
                }
            }
        });
        user.start();
        assertTrue(locked.await(30, TimeUnit.SECONDS));
        Thread closing = new Thread(() -> {
            Thread asking = rig.closing();
            rig.settle();
            Rig.join(asking);
        });
        closing.start();
        Rig.join(closing);
        assertEquals(1, rig.told.count("closed"));
        enough.countDown();
        Rig.join(user);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** A metric is the user's code, and may be wrong. */
    @Test
    void aMetricThatThrowsCostsNoTenure() {
        AtomicInteger calls = new AtomicInteger();
        Rig rig = new Rig(true, config -> config.metricsProvider(() -> throwing(calls)));
        rig.start();
        rig.advanceSeconds(60);
        assertTrue(rig.elector.isLeader());
        assertTrue(calls.get() > 20);
        assertEquals(1, rig.told.count("error no figures today"), () -> rig.told.lines.toString());
        rig.close();
        assertEquals(1, rig.told.count("stopped CLOSED"));
        assertEquals(1, rig.told.count("closed"));
    }

    private static LeaderMetric throwing(AtomicInteger calls) {
        return (LeaderMetric) java.lang.reflect.Proxy.newProxyInstance(
                ElectorRuntimeTests.class.getClassLoader(),
                new Class<?>[] {LeaderMetric.class},
                (proxy, method, args) -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("no figures today");
                });
    }

    /** A bug ends leadership and says so; it does not leave an elector that does nothing. */
    @Test
    void aBrokenMachineStopsTheWorkAndCloses() {
        Rig rig = new Rig().start();
        CompletableFuture<Void> before = rig.elector.stepDown().toCompletableFuture();
        rig.time.goBack(); // which no monotonic clock does
        rig.settle();
        assertEquals(1, rig.told.count("stopped INVARIANT_BROKEN"), () -> rig.told.lines.toString());
        assertEquals(1, rig.told.count("closed"));
        assertFalse(rig.elector.isLeader());
        assertTrue(before.isDone());
        LeaseExpiredException failed =
                assertThrows(LeaseExpiredException.class, () -> rig.elector.check(Duration.ofHours(1)));
        assertNotNull(failed.getCause());
        CompletableFuture<Void> after = rig.elector.stepDown().toCompletableFuture();
        rig.settle();
        assertTrue(after.isDone());
        assertThrows(IllegalStateException.class, rig.elector::start);
        rig.close();
        assertEquals(1, rig.told.count("closed"));
    }

    /** Or the record would stay held for as long as other electors of the client keep the session alive. */
    @Test
    void aBrokenMachineLeavesItsSessionToLapse() {
        ScriptedSessions sessions = new ScriptedSessions();
        Rig rig = new Rig(sessions).start();
        rig.advanceSeconds(9);
        assertTrue(rig.elector.isLeader());
        assertTrue(sessions.calls.contains("prove S1"), sessions.calls::toString);
        rig.time.goBack();
        rig.time.goBack(); // before the last step of the elector, too
        rig.elector.stepDown();
        rig.settle();
        assertEquals(1, rig.told.count("stopped INVARIANT_BROKEN"), () -> rig.told.lines.toString());
        sessions.calls.clear();
        rig.advanceSeconds(20);
        assertEquals(List.of(), sessions.calls);
        rig.close();
    }

    /** Pain 24, I8: nobody leads without working, or is stopped without a start. */
    @Test
    void withoutAThreadForTheWorkTheTenureEnds() {
        Rig rig = new Rig();
        rig.elector.start();
        rig.works.refuse(new OutOfMemoryError("unable to create native thread"));
        rig.settle();
        rig.works.refuse(null);
        assertFalse(rig.elector.isLeader(), () -> rig.told.lines.toString());
        assertEquals(
                0, rig.told.lines.stream().filter(line -> line.startsWith("st")).count());
        rig.advanceSeconds(10);
        assertTrue(rig.elector.isLeader(), "it campaigns again");
        rig.close();
    }

    /** Pain 2, I8: there is one stop for the start, also if there was no thread for it when it was due. */
    @Test
    void aStopForWhichThereIsNoThreadComesWhenThereIsOne() {
        Rig rig = new Rig().start();
        rig.callbacks.refuse(new OutOfMemoryError("unable to create native thread"));
        rig.lock.put(Rig.heldBy("b"));
        rig.loops.runAll();
        assertFalse(rig.elector.isLeader());
        rig.advanceSeconds(1);
        rig.callbacks.refuse(null);
        rig.advanceSeconds(1);
        assertEquals(1, rig.told.count("stopped SUPERSEDED"), () -> rig.told.lines.toString());
        rig.close();
        assertEquals("closed", rig.told.lines.get(rig.told.lines.size() - 1));
    }

    /** Pain 22: nor does anybody wait for an end that is never told. */
    @Test
    void theEndIsToldAndCloseReturnsThoughThereWasNoThreadForIt() {
        Rig rig = new Rig().start();
        rig.callbacks.refuse(new OutOfMemoryError("unable to create native thread"));
        Thread closing = rig.closing();
        rig.settle();
        rig.callbacks.refuse(null);
        rig.advanceSeconds(1);
        Rig.join(closing);
        assertEquals(
                List.of("stopped CLOSED", "closed"),
                rig.told.lines.stream()
                        .filter(line -> line.startsWith("stopped") || line.equals("closed"))
                        .toList());
        assertEquals(0, rig.time.pendingCount());
    }

    /** I8: a thread that comes so late starts nothing, and what never started is not stopped. */
    @Test
    void workWhoseThreadComesAfterItsTenureHasEndedNeverStarts() {
        Rig rig = new Rig();
        rig.elector.start();
        rig.settleAllButWorks();
        assertTrue(rig.elector.isLeader());
        rig.lock.put(Rig.heldBy("b"));
        rig.settleAllButWorks();
        rig.time.advance(Duration.ofSeconds(5), rig::settleAllButWorks);
        assertEquals(List.of(), startsAndStops(rig), "half of the drain timeout has passed");
        rig.settle();
        assertEquals(List.of(), startsAndStops(rig));
        rig.lock.put(Rig.heldBy(""));
        rig.advanceSeconds(1);
        rig.close();
        assertEquals(List.of("started 4", "stopped CLOSED"), startsAndStops(rig), "the next tenure is not held up");
    }

    private static List<String> startsAndStops(Rig rig) {
        return rig.told.lines.stream().filter(line -> line.startsWith("st")).toList();
    }

    /** I8: one stop for the start, whatever does not work meanwhile. */
    @Test
    void aStopComesThoughNoTimerCanBeHadForIt() {
        Rig rig = new Rig().start();
        rig.time.whenSet = delayNanos -> {
            if (delayNanos == Duration.ofSeconds(5).toNanos()) {
                throw new IllegalStateException("no timer for half of the drain timeout");
            }
        };
        rig.elector.stepDown();
        rig.settle();
        assertEquals(List.of("started 1", "stopped STEPPED_DOWN"), startsAndStops(rig));
        assertEquals("", rig.lock.record().holderIdentity(), "quiet, and released");
        rig.close();
    }

    /** I8: not even a bug stops what was not started. */
    @Test
    void aTenureWhoseBeginningFailsIsNotStopped() {
        Rig rig = new Rig();
        AtomicInteger timers = new AtomicInteger();
        rig.time.whenSet = delayNanos -> {
            // For as long as the drain timeout, first of all: the check that the work has started.
            if (delayNanos == Duration.ofSeconds(10).toNanos() && timers.getAndIncrement() == 0) {
                throw new IllegalStateException("no timer");
            }
        };
        rig.start();
        rig.advanceSeconds(20);
        assertEquals(1, rig.told.count("error no timer"), () -> rig.told.lines.toString());
        assertEquals(1, rig.told.count("closed"));
        assertEquals(List.of(), startsAndStops(rig));
    }
}
