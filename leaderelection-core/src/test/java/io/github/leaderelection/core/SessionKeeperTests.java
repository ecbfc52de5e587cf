package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One session for many electors. Its lease is 15 s, the renew deadline 10 s, the retry period 2 s. */
class SessionKeeperTests {

    private static final MachineSettings SETTINGS =
            new MachineSettings("", seconds(15), seconds(10), seconds(2), seconds(10), true, true, true);

    private final HandClock time = new HandClock();
    private final TaskQueue tasks = new TaskQueue();
    private final ScriptedSessions sessions = new ScriptedSessions();
    private final SessionKeeper keeper =
            new SessionKeeper(sessions, SETTINGS, new Clock(time), new SplittableRandom(1), tasks);

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** What a member was told, with times in seconds. */
    private static final class Told implements SessionKeeper.Member {
        final List<String> lines = new ArrayList<>();

        @Override
        public void onKept(SessionKeeper.Proof proof) {
            lines.add(proof.session() + " since " + TimeUnit.NANOSECONDS.toSeconds(proof.provenSourceNanos()));
        }

        @Override
        public void onEnded(String session) {
            lines.add(session + " ended");
        }

        @Override
        public void onGivenUp(String session) {
            lines.add(session + " given up");
        }

        @Override
        public void onTrouble(Throwable trouble) {
            lines.add("trouble " + trouble.getClass().getSimpleName());
        }

        @Override
        public void onSuccess() {
            lines.add("passed");
        }

        List<String> take() {
            List<String> taken = List.copyOf(lines);
            lines.clear();
            return taken;
        }
    }

    private void advance(long seconds) {
        time.advance(Duration.ofSeconds(seconds), tasks::runAll);
    }

    private List<String> takeCalls() {
        List<String> taken = List.copyOf(sessions.calls);
        sessions.calls.clear();
        return taken;
    }

    @Test
    void oneSessionIsOpenedForAllAndEndedWhenTheLastHasLeft() {
        Told one = new Told();
        Told other = new Told();
        SessionKeeper.Seat first = keeper.join(one);
        tasks.runAll();
        assertEquals(List.of("open 15s"), takeCalls());
        assertEquals(List.of("S1 since 0"), one.take());
        advance(1);
        SessionKeeper.Seat second = keeper.join(other);
        tasks.runAll();
        assertEquals(List.of("S1 since 0"), other.take());
        keeper.leave(first);
        tasks.runAll();
        assertEquals(List.of(), takeCalls());
        keeper.leave(second);
        tasks.runAll();
        assertEquals(List.of("end S1"), takeCalls());
        advance(60);
        assertEquals(List.of(), takeCalls());
        assertEquals(0, time.pendingCount());
    }

    @Test
    void itIsKeptAliveThreeTimesInARenewDeadlineWithoutProofsWhileNobodyNeedsOne() {
        Told told = new Told();
        keeper.join(told);
        tasks.runAll();
        takeCalls();
        told.take();
        advance(11);
        assertEquals(List.of("keep S1", "keep S1", "keep S1"), takeCalls());
        assertEquals(List.of(), told.take());
    }

    @Test
    void whoAsksIsToldOfTheFirstProofOfALaterTimeAndNobodyElseIs() {
        Told asking = new Told();
        Told other = new Told();
        SessionKeeper.Seat seat = keeper.join(asking);
        keeper.join(other);
        tasks.runAll();
        asking.take();
        other.take();
        takeCalls();
        advance(3);
        keeper.askProof(seat, 0);
        tasks.runAll();
        assertEquals(List.of("prove S1"), takeCalls());
        assertEquals(List.of("S1 since 3"), asking.take());
        advance(4);
        assertEquals(List.of("prove S1", "prove S1"), takeCalls());
        assertEquals(List.of(), asking.take());
        keeper.askProof(seat, seconds(3));
        tasks.runAll();
        assertEquals(List.of("S1 since 7"), asking.take());
        assertEquals(List.of(), takeCalls());
        assertEquals(List.of(), other.take());
        keeper.needNoProof(seat);
        tasks.runAll();
        advance(5);
        assertEquals(List.of("keep S1"), takeCalls());
    }

    @Test
    void aProofCountsFromTheSendingOfTheKeepAliveOrFromEarlier() {
        Told told = new Told();
        SessionKeeper.Seat seat = keeper.join(told);
        tasks.runAll();
        told.take();
        CompletableFuture<KeepAlive> late = new CompletableFuture<>();
        sessions.keepAlives.add(late);
        advance(3);
        keeper.askProof(seat, 0);
        tasks.runAll();
        advance(2);
        late.complete(new KeepAlive.Kept(Duration.ofSeconds(1)));
        tasks.runAll();
        assertEquals(List.of("S1 since 2"), told.take());
    }

    @Test
    void aSessionThatHasEndedIsFollowedByAnother() {
        Told told = new Told();
        SessionKeeper.Seat seat = keeper.join(told);
        tasks.runAll();
        told.take();
        sessions.keepAlives.add(CompletableFuture.completedFuture(KeepAlive.ended()));
        advance(1);
        keeper.askProof(seat, 0);
        tasks.runAll();
        assertEquals(List.of("S1 ended"), told.take());
        advance(1);
        assertEquals(List.of("S2 since 1"), told.take());
    }

    @Test
    void aSessionThatIsGivenUpIsLeftToLapseAndFollowedByAnother() {
        Told told = new Told();
        keeper.join(told);
        tasks.runAll();
        told.take();
        takeCalls();
        keeper.giveUp("another");
        tasks.runAll();
        assertEquals(List.of(), takeCalls());
        keeper.giveUp("S1");
        tasks.runAll();
        assertEquals(List.of("S1 given up"), told.take());
        advance(1);
        assertEquals(List.of("open 15s"), takeCalls());
        assertEquals(List.of("S2 since 0"), told.take());
    }

    @Test
    void troubleIsToldEachTimeAndThatItHasPassedOnce() {
        Told told = new Told();
        SessionKeeper.Seat seat = keeper.join(told);
        tasks.runAll();
        told.take();
        sessions.keepAlives.add(CompletableFuture.failedFuture(new LockUnavailableException("away")));
        sessions.keepAlives.add(new CompletableFuture<>());
        keeper.askProof(seat, 0);
        tasks.runAll();
        assertEquals(List.of("trouble LockUnavailableException"), told.take());
        advance(4);
        assertEquals(List.of("trouble LockUnavailableException", "passed", "S1 since 3"), told.take());
        advance(4);
        assertEquals(List.of(), told.take());
    }

    @Test
    void aSessionThatIsOpenedWhenNobodyWaitsAnyMoreIsEnded() {
        Told told = new Told();
        CompletableFuture<LockSession> late = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean interrupting) {
                return false; // as of a request that has left already
            }
        };
        sessions.opens.add(late);
        keeper.join(told);
        tasks.runAll();
        advance(3);
        assertEquals(List.of("open 15s", "open 15s"), takeCalls());
        assertTrue(told.take().contains("S1 since 2"));
        late.complete(sessions.newSession());
        tasks.runAll();
        assertEquals(List.of("end S2"), takeCalls());
        assertEquals(List.of(), told.take());
    }

    @Test
    void keepersAreSharedByWhatTheyKeepAndForgottenWithTheirLastUser() {
        SessionKeepers keepers = new SessionKeepers();
        Clock clock = new Clock(time);
        SplittableRandom random = new SplittableRandom(1);
        SessionKeeper one = keepers.enter(sessions, SETTINGS, clock, random, tasks);
        assertEquals(one, keepers.enter(sessions, SETTINGS, new Clock(time), random, tasks));
        keepers.enter(new ScriptedSessions(), SETTINGS, clock, random, tasks);
        assertEquals(2, keepers.size());
        keepers.leave(sessions, SETTINGS, clock);
        assertEquals(2, keepers.size());
        keepers.leave(sessions, SETTINGS, clock);
        assertEquals(1, keepers.size());
    }
}
