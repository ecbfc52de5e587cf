package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.core.machine.Attempts.Attempt;
import io.github.leaderelection.core.machine.Attempts.Purpose;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.Observation.Change;
import io.github.leaderelection.core.machine.Observation.Source;
import io.github.leaderelection.spi.LockSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a transcript cannot say: the refusals, and the parts by themselves. */
final class ElectionMachineTests {

    private static final long SECOND = 1_000_000_000L;
    private static final MachineSettings SETTINGS =
            new MachineSettings("a", 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, false);

    private final ElectionMachine machine = new ElectionMachine(SETTINGS, new SplittableRandom(1));

    private List<ElectionAction> step(ElectionEvent event, long nowNanos) {
        return machine.step(event, nowNanos, Instant.EPOCH);
    }

    private static LeaderElectionRecord record(String holder, int transitions) {
        return new LeaderElectionRecord(
                holder, Duration.ofSeconds(15), Optional.empty(), Optional.empty(), transitions);
    }

    private static Seen.Present present(String holder, long order) {
        return new Seen.Present(new LockSnapshot(record(holder, 0), new Store.Version(order)));
    }

    @Test
    void timeThatGoesBackIsRefused() {
        step(new ElectionEvent.TimerFired(), 5);
        assertThrows(InvariantBrokenException.class, () -> step(new ElectionEvent.TimerFired(), 4));
    }

    @Test
    void startingTwiceIsAnIllegalMove() {
        step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0);
        InvariantBrokenException refused = assertThrows(
                InvariantBrokenException.class, () -> step(new ElectionEvent.StartRequested(Mode.OBSERVE), 0));
        assertEquals("illegal move from CAMPAIGNING to OBSERVING", refused.getMessage());
    }

    @Test
    void nothingLeadsOutOfClosed() {
        for (ElectionState state : ElectionState.values()) {
            assertFalse(ElectionState.CLOSED.mayBecome(state));
            assertEquals(
                    List.of(ElectionState.DRAINING, ElectionState.LOST, ElectionState.RELEASING)
                            .contains(state),
                    state.isEnding());
        }
    }

    @Test
    void anIdleMachineWaitsForNothing() {
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
        assertEquals(List.of(), step(new ElectionEvent.CancelRequested(), 0));
        assertEquals(List.of(), step(new ElectionEvent.WatchBroken(1), 0));
        assertEquals(List.of(), step(new ElectionEvent.WorkQuiet(0), 0));
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
        assertEquals(Optional.empty(), machine.leader());
    }

    /** Pain 8: an answer to a call that is no longer waited for undoes nothing. */
    @Test
    void answersToOtherCallsAreDropped() {
        step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0);
        assertEquals(List.of(), step(new ElectionEvent.ReadAnswered(7, new Seen.Absent()), 1));
        assertEquals(List.of(), step(new ElectionEvent.ReadFailed(7, true), 1));
        assertEquals(List.of(), step(new ElectionEvent.WriteApplied(7, new Store.Version(1)), 1));
        assertEquals(List.of(), step(new ElectionEvent.WriteConflicted(7), 1));
        assertEquals(List.of(), step(new ElectionEvent.WriteRefused(7, true), 1));
        assertEquals(List.of(), step(new ElectionEvent.WriteUnknown(7), 1));
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
    }

    /** An old read must not hide the record that the watch has shown meanwhile, nor an old record a newer one. */
    @Test
    void whatMayBeOlderIsNotBelieved() {
        Observation observation = new Observation(SETTINGS);
        assertEquals(Change.NEWS, observation.learn(present("b", 5), Source.WATCH, 0, 10, 10));
        assertEquals(Change.STALE, observation.learn(new Seen.Absent(), Source.READ, 9, 11, 11));
        assertEquals(Change.STALE, observation.learn(present("b", 4), Source.READ, 9, 11, 11));
        assertEquals(Change.DOUBTFUL, observation.learn(present("b", 4), Source.WATCH, 0, 11, 11));
        assertEquals(Change.DOUBTFUL, observation.learn(new Seen.Absent(), Source.WATCH, 0, 11, 11));
        assertEquals(Change.NONE, observation.learn(present("b", 5), Source.READ, 9, 12, 12));
        assertEquals(Change.NEWS, observation.learn(present("b", 6), Source.READ, 9, 12, 12));
        assertFalse(observation.orderWentBack());
        assertEquals(Change.NEWS, observation.learn(present("b", 4), Source.READ, 12, 13, 13));
        assertTrue(observation.orderWentBack());
        assertEquals(Change.NEWS, observation.learn(new Seen.Absent(), Source.READ, 13, 14, 14));
        assertEquals(
                14 + SETTINGS.leaseNanos(), observation.freeAtNanos(null), "the lease that was known is waited out");
        assertEquals(14, observation.holderUntilNanos());
        assertEquals(Change.NEWS, observation.learn(present("", 9), Source.OWN_WRITE, 0, 15, 15));
        assertEquals(15, observation.holderUntilNanos());
        assertEquals(15, observation.freeAtNanos(new Store.Version(8)));
        assertEquals(Change.NEWS, observation.learn(new Seen.Absent(), Source.READ, 15, 16, 16));
        assertEquals(
                16 + SETTINGS.leaseNanos(), observation.freeAtNanos(null), "somebody may have taken it before it went");
    }

    @Test
    void theOldestOfTooManyOpenAttemptsIsForgotten() {
        Attempts attempts = new Attempts();
        for (int i = 0; i < 40; i++) {
            attempts.add(new Attempt(Purpose.RENEW, record("a", i), i));
        }
        assertNull(attempts.find(record("a", 7)));
        Attempt found = attempts.find(record("a", 8));
        assertEquals(8, found == null ? -1 : found.sentNanos());
    }

    @Test
    void twoAcquisitionsOfOneNameInOneMillisecondDiffer() {
        Stamp one = new Stamp(SETTINGS, new SplittableRandom(1));
        Stamp other = new Stamp(SETTINGS, new SplittableRandom(2));
        LeaderElectionRecord mine = one.acquire(Optional.empty(), Instant.EPOCH);
        assertFalse(mine.equals(other.acquire(Optional.empty(), Instant.EPOCH)));
        assertTrue(
                mine.acquireTime().orElseThrow().isBefore(Instant.EPOCH.plusMillis(1)), "less than a millisecond off");
        assertEquals(
                mine.acquireTime(),
                one.renew(mine, Instant.EPOCH.plusSeconds(2)).acquireTime());
    }
}
