package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.MachineSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a machine is stepped with when its time has come, while another elector of its client has the session proven. */
class SessionCallsTests {

    private static final MachineSettings SETTINGS =
            new MachineSettings("", seconds(15), seconds(10), seconds(2), seconds(10), true, true, true);

    private final HandClock time = new HandClock();
    private final Clock clock = new Clock(time);
    private final TaskQueue tasks = new TaskQueue();
    private final ScriptedSessions sessions = new ScriptedSessions();
    private final SplittableRandom random = new SplittableRandom(1);
    private final ElectionLoop loop = new ElectionLoop(
            SETTINGS, new ScriptedLock(true, Optional.of(sessions)), clock, random, tasks, new QuietOwner());
    private final SessionCalls calls = new SessionCalls(sessions, SETTINGS, clock, loop, random, tasks);
    private final SessionKeeper keeper = SessionKeepers.SHARED.enter(sessions, SETTINGS, clock, random, tasks);
    private final SessionKeeper.Seat another = keeper.join(new DeafMember());

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @BeforeEach
    void hasJoined() {
        tasks.runAll();
        calls.perform(new ElectionAction.JoinSession());
        tasks.runAll();
        calls.perform(new ElectionAction.AskProof(clock.nowNanos() - 1));
        tasks.runAll();
    }

    private void prove() {
        time.advance(Duration.ofSeconds(1), tasks::runAll);
        keeper.askProof(another, time.nanoTime() - 1);
        tasks.runAll();
    }

    @Test
    void aProofThatSomebodyElseHadBroughtIsNewsOnce() {
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")), "told when it asked");
        prove();
        ElectionEvent.SessionKept kept =
                assertInstanceOf(ElectionEvent.SessionKept.class, calls.whenDue(Optional.of("S1")));
        assertEquals("S1", kept.session());
        assertEquals(clock.nowNanos(), kept.provenNanos());
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")));
        prove();
        assertInstanceOf(ElectionEvent.SessionKept.class, calls.whenDue(Optional.of("S1")));
    }

    /** It would seem to hold its record by a session that is not in the record, and write. */
    @Test
    void ofAnotherSessionThanItKnowsAMachineHearsInItsTurn() {
        prove();
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S0")));
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.empty()));
        assertInstanceOf(ElectionEvent.SessionKept.class, calls.whenDue(Optional.of("S1")));
    }

    @Test
    void aSessionThatIsGivenUpIsProvenNoMore() {
        prove();
        keeper.giveUp("S1");
        tasks.runAll();
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")));
    }

    /** It asks, and so is counted among those for whom the keeper goes on to prove when the others have ended. */
    @Test
    void whoNeedsNoProofOrHasNotAskedYetIsToldOfNone() {
        calls.perform(new ElectionAction.NeedNoProof());
        prove();
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")));
        calls.perform(new ElectionAction.AskProof(clock.nowNanos()));
        prove();
        tasks.runAll();
        keeper.needNoProof(another);
        tasks.runAll();
        sessions.calls.clear();
        time.advance(Duration.ofSeconds(2), tasks::runAll);
        assertEquals(List.of("prove S1"), sessions.calls);
        assertInstanceOf(ElectionEvent.SessionKept.class, calls.whenDue(Optional.of("S1")));
    }

    @Test
    void whoHasLeftIsToldNothing() {
        prove();
        calls.perform(new ElectionAction.LeaveSession());
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")));
        calls.perform(new ElectionAction.JoinSession());
        tasks.runAll();
        prove();
        assertInstanceOf(ElectionEvent.TimerFired.class, calls.whenDue(Optional.of("S1")), "it has not asked anew");
    }

    private static final class DeafMember implements SessionKeeper.Member {
        @Override
        public void onKept(SessionKeeper.Proof proof) {}

        @Override
        public void onEnded(String session) {}

        @Override
        public void onGivenUp(String session) {}

        @Override
        public void onTrouble(Throwable trouble) {}

        @Override
        public void onSuccess() {}
    }
}
