package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CloseTests {

    @AutoClose
    private final Arena arena = new Arena();

    /** A callback, and how it comes to be called. */
    enum From {
        STARTED((a, call) -> a.tape.whenStarted = leadership -> call.run(), a -> {}),
        STOPPED((a, call) -> a.tape.whenStopped = ended -> call.run(), a -> a.elector.stepDown()),
        LEADER((a, call) -> a.tape.whenLeaderChanges = leader -> call.run(), a -> {}),
        ERROR(
                (a, call) -> {
                    a.tape.whenStopped = ended -> {
                        throw new Exception("thrown");
                    };
                    a.tape.whenError = error -> call.run();
                },
                a -> a.elector.stepDown()),
        REVOKED((a, call) -> a.tape.whenStarted = leadership -> leadership.onRevoked(call), a -> a.elector.stepDown()),
        CLOSED((a, call) -> a.tape.whenClosed = closed -> call.run(), a -> a.elector.close());

        private interface Placement {
            void place(Candidate candidate, Runnable call);
        }

        private final Placement placement;
        private final Consumer<Candidate> trigger;

        From(Placement placement, Consumer<Candidate> trigger) {
            this.placement = placement;
            this.trigger = trigger;
        }
    }

    /** Pain 22. */
    @ParameterizedTest
    @EnumSource
    void closeFromACallbackReturnsAndTheElectorEnds(From from) {
        Candidate a = arena.candidate("a");
        AtomicBoolean returned = new AtomicBoolean();
        from.placement.place(a, () -> {
            a.elector.close();
            returned.set(true);
        });
        a.start();
        awaitWork(from, a);
        from.trigger.accept(a);
        arena.walkUntil("the end", () -> a.tape.count("closed") == 1);
        arena.await("close() returned in the callback", returned::get);
        a.elector.close();
        StopForEveryStartTests.assertAlternating(a);
        assertEquals("", arena.holder());
    }

    /** Pain 22. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLOSED")
    void stepDownFromACallbackReturnsAndTheElectorGoesOn(From from) {
        Candidate a = arena.candidate("a");
        AtomicReference<@Nullable CompletableFuture<Void>> first = new AtomicReference<>();
        from.placement.place(
                a, () -> first.compareAndSet(null, a.elector.stepDown().toCompletableFuture()));
        a.start();
        awaitWork(from, a);
        from.trigger.accept(a);
        arena.walkUntil("the step down", () -> {
            CompletableFuture<Void> over = first.get();
            return over != null && over.isDone();
        });
        a.tape.whenStarted = leadership -> {};
        a.tape.whenStopped = ended -> {};
        a.tape.whenLeaderChanges = leader -> {};
        arena.walkUntil("a leads again", () -> a.elector.isLeader() && a.tape.starts() > a.tape.stops());
        arena.walkUntilDone(a.closing());
        StopForEveryStartTests.assertAlternating(a);
    }

    /** Pain 22: no user code runs under a lock that other calls want. */
    @ParameterizedTest
    @EnumSource
    void everyMethodMayBeCalledByAnotherThreadThatACallbackWaitsFor(From from) {
        Candidate a = arena.candidate("a");
        CountDownLatch ran = new CountDownLatch(1);
        from.placement.place(a, () -> {
            CompletableFuture<Void> asked = Candidate.inBackground(() -> callAllBut(a));
            asked.orTimeout(30, TimeUnit.SECONDS).join(); // whatever interrupts it
            ran.countDown();
        });
        a.start();
        awaitWork(from, a);
        from.trigger.accept(a);
        arena.await("the callback returned", () -> ran.getCount() == 0);
    }

    /** A tenure that ends in an announcement may end before its start. */
    private void awaitWork(From from, Candidate a) {
        arena.await("a works, or did", () -> from == From.LEADER || a.tape.starts() > 0);
    }

    /** All but close(), which waits for the callback that waits for it. */
    private static void callAllBut(Candidate a) {
        a.elector.name();
        a.elector.identity();
        a.elector.isLeader();
        a.elector.leadership().ifPresent(tenure -> {
            tenure.isValid();
            tenure.remaining();
            tenure.revocationReason();
            tenure.onRevoked(() -> {});
        });
        a.elector.getLeader();
        a.elector.check(Duration.ofHours(1));
        a.elector.stepDown();
        assertThrows(IllegalStateException.class, a.elector::start);
        assertThrows(IllegalStateException.class, a.elector::run);
    }

    /** Pain 22: not even a close() that can only wait for its own caller is without a bound. */
    @Test
    void aCallbackThatWaitsForACloseElsewhereIsCutShortByTheDrainTimeout() {
        Candidate a = arena.candidate("a", config -> config.drainTimeout(Duration.ofSeconds(10)));
        AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();
        a.tape.whenStopped = ended -> {
            CompletableFuture<Void> elsewhere = a.closing();
            closing.set(elsewhere);
            Await.result(elsewhere);
        };
        a.startAndLead();
        a.elector.stepDown();
        arena.walkUntil("close() returns", () -> {
            CompletableFuture<Void> elsewhere = closing.get();
            return elsewhere != null && elsewhere.isDone();
        });
        arena.await("the end", () -> a.tape.count("closed") == 1);
        StopForEveryStartTests.assertAlternating(a);
    }

    /** Pain 22. */
    @Test
    void closeTwiceAndFromManyThreadsIsOneEnd() {
        Candidate a = arena.candidate("a").startAndLead();
        List<CompletableFuture<Void>> closings =
                IntStream.range(0, 8).mapToObj(i -> a.closing()).toList();
        closings.forEach(Await::result);
        assertEquals(1, a.tape.count("closed"), "close() returned before the end");
        assertEquals("", arena.holder());
        a.elector.close();
        a.elector.close();
        StopForEveryStartTests.assertAlternating(a);
        assertThrows(IllegalStateException.class, a.elector::start);
        assertThrows(IllegalStateException.class, a.elector::run);
        Await.result(a.elector.stepDown().toCompletableFuture());
    }

    /** Pain 22: a shutdown hook closes while the main thread is in run(). */
    @Test
    void closeEndsARunThatIsUnderWay() {
        Candidate a = arena.candidate("a");
        Candidate.Run run = a.run();
        arena.await("a leads", () -> a.tape.starts() == 1);
        Await.result(a.closing());
        Await.result(run.over());
        StopForEveryStartTests.assertAlternating(a);
        assertEquals("", arena.holder());
    }

    /** Pain 23: closed while the write that would have won hangs, which then arrives: nothing follows it. */
    @Test
    void anAcquisitionThatArrivesAfterTheCloseReArmsNothing() {
        Candidate a = arena.candidate("a");
        a.faults.next(1, InMemoryFault.delay(Duration.ofMinutes(2)).onWrites());
        a.start();
        arena.await("the write is under way", () -> arena.space.writeCount() == 1);
        arena.walkUntilDone(a.closing());
        assertEquals(Optional.empty(), arena.space.record(Arena.ELECTION));
        arena.walk(Duration.ofMinutes(1));
        assertEquals("a", arena.holder(), "the write has arrived");
        Instant renewed = arena.record().renewTime().orElseThrow();
        arena.walk(Duration.ofMinutes(2));
        assertEquals(Optional.of(renewed), arena.space.record(Arena.ELECTION).flatMap(LeaderElectionRecord::renewTime));
        assertEquals(1, arena.space.writeCount());
        assertFalse(a.elector.isLeader());
        assertEquals(List.of("closed"), a.tape.ownLines());
        arena.candidate("b").start();
        arena.walkUntil("b takes what lapsed", () -> arena.holder().equals("b"));
    }

    /** Pain 9: one that arrives while close() can still see it is undone. */
    @Test
    void anAcquisitionThatArrivesDuringTheCloseIsReleased() {
        Candidate a = arena.candidate("a");
        a.faults.next(1, InMemoryFault.swallowReply().onWrites());
        a.start();
        arena.await("the write was applied", () -> arena.holder().equals("a"));
        arena.walkUntilDone(a.closing());
        assertEquals("", arena.holder());
        assertFalse(a.elector.isLeader());
    }

    /** Pain 22: what became of the last renewal of a tenure that is over is nothing to wait for, nor to release. */
    @Test
    void closeAfterTheDeadlineNeitherWaitsNorReleasesWhatIsToLapse() {
        Candidate a =
                arena.candidate("a", config -> config.releaseOnCancel(false)).startAndLead();
        a.faults.silenceWatches();
        a.faults.untilHealed(InMemoryFault.swallowReply());
        arena.walk(Arena.RENEW);
        arena.await("the stop", () -> a.tape.stops() == 1);
        Await.result(a.closing()); // and the clock stands still
        assertEquals(1, a.tape.count("closed"), "close() returned before the end");
        assertEquals("a", arena.holder());
        StopForEveryStartTests.assertAlternating(a);
    }

    /** Pain 22: nor after a deadline that passed unseen: nothing is written before somebody answers. */
    @Test
    void closeAfterADeadlineThatPassedUnseenDoesNotWait() {
        Candidate a = arena.candidate("a").startAndLead();
        a.holdTimers();
        a.faults.untilHealed(InMemoryFault.loseRequest());
        arena.time.advance(Arena.RENEW);
        a.letTimersGo();
        arena.await("the stop", () -> a.tape.stops() == 1);
        arena.walk(Duration.ZERO); // the work is quiet, and a campaigns
        Await.result(a.closing());
        assertEquals(1, a.tape.count("closed"), "close() returned before the end");
        assertEquals(1, arena.space.writeCount());
    }

    static Stream<InMemoryFault> troubles() {
        return Stream.of(InMemoryFault.refuse(), InMemoryFault.loseRequest(), InMemoryFault.swallowReply());
    }

    /** Pain 22: bounded by the drain timeout and two calls, also if the backend is away. */
    @ParameterizedTest
    @MethodSource("troubles")
    void closeIsBoundedWhileTheBackendIsAway(InMemoryFault trouble) {
        Candidate a = arena.candidate("a").startAndLead();
        a.faults.untilHealed(trouble);
        a.faults.silenceWatches();
        Instant before = arena.time.wallTime();
        arena.walkUntilDone(a.closing());
        Duration took = Duration.between(before, arena.time.wallTime());
        assertTrue(took.compareTo(Arena.RENEW) < 0, () -> "close() took " + took);
        StopForEveryStartTests.assertAlternating(a);
    }

    /** Pain 23: after the end there are no timers, no watches and no requests. */
    @Test
    void nothingGoesOnAfterTheEnd() {
        Candidate a = arena.candidate("a", config -> config.health(() -> true)).startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE);
        arena.walkUntilDone(b.closing());
        arena.walkUntilDone(a.closing());
        assertEquals(0, arena.time.pendingCount());
        long requests = arena.space.readCount() + arena.space.writeCount() + arena.space.watchCount();
        List<String> told = List.copyOf(a.tape.lines);
        arena.space.put(Arena.ELECTION, StopForEveryStartTests.heldBy("outsider"));
        arena.space.delete(Arena.ELECTION);
        arena.walk(Arena.LEASE.multipliedBy(4));
        assertEquals(requests, arena.space.readCount() + arena.space.writeCount() + arena.space.watchCount());
        assertEquals(told, a.tape.lines);
    }
}
