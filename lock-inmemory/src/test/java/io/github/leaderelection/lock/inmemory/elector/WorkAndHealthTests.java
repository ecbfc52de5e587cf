package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pain 24: a lease does not outlive the work, nor the health, that it is tied to. */
class WorkAndHealthTests {

    @AutoClose
    private final Arena arena = new Arena();

    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void aTenureThatIsTiedToItsWorkEndsWithIt() {
        Candidate a = arena.candidate("a", config -> config.resignWhenWorkEnds(true));
        a.tape.whenStarted = leadership -> end.await();
        a.startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        end.countDown();
        arena.await("b leads", b.elector::isLeader);
        assertEquals(List.of("started", "stopped WORK_ENDED"), a.tape.ownLines());
    }

    @Test
    void aTenureThatIsNotTiedToItsWorkOutlivesIt() {
        Candidate a = arena.candidate("a").startAndLead();
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertTrue(a.elector.isLeader());
        assertEquals(List.of("started"), a.tape.ownLines());
    }

    /** What a predicate does when it is not well. */
    enum Illness {
        SAYS_NO,
        THROWS,
        THROWS_AN_ERROR,
        HANGS
    }

    private BooleanSupplier predicate(Illness illness, AtomicBoolean ill) {
        return () -> {
            if (!ill.get()) {
                return true;
            }
            return switch (illness) {
                case SAYS_NO -> false;
                case THROWS -> throw new IllegalStateException("thrown by the predicate");
                case THROWS_AN_ERROR -> throw new AssertionError("thrown by the predicate");
                case HANGS -> {
                    Stubborn.await(end);
                    yield true;
                }
            };
        };
    }

    @ParameterizedTest
    @EnumSource
    void aCandidateThatIsNotHealthyResignsAndCampaignsWhenItIsAgain(Illness kind) {
        AtomicBoolean ill = new AtomicBoolean();
        BooleanSupplier predicate = predicate(kind, ill);
        Candidate a = arena.candidate("a", config -> config.health(predicate)).startAndLead();
        Candidate b = arena.candidate("b").start();
        arena.walk(Arena.RETRY);
        ill.set(true);
        arena.walkUntil("b leads", b.elector::isLeader);
        arena.await("the stop", () -> a.tape.count("stopped UNHEALTHY") == 1);
        Await.result(b.closing());
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertFalse(a.elector.isLeader());
        assertEquals("", arena.holder());
        ill.set(false);
        end.countDown();
        arena.walkUntil("a leads again", () -> a.tape.starts() == 2);
        arena.walkUntilDone(a.closing());
        StopForEveryStartTests.assertAlternating(a);
    }

    @Test
    void aCandidateThatWasNeverHealthyDoesNotKeepTheRecord() {
        Candidate a = arena.candidate("a", config -> config.health(() -> false)).start();
        arena.walk(Arena.LEASE);
        arena.await("the end of what it may have begun", () -> a.tape.stops() == a.tape.starts());
        assertFalse(a.elector.isLeader());
        assertEquals("", arena.holder());
        assertTrue(a.tape.starts() <= 1, a.tape.lines::toString);
    }
}
