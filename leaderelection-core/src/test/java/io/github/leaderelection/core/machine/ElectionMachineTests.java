package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.Attempts.Attempt;
import io.github.leaderelection.core.machine.Attempts.Purpose;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.Observation.Change;
import io.github.leaderelection.core.machine.Observation.Source;
import io.github.leaderelection.spi.LockSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a transcript cannot say: the refusals, and the parts by themselves. */
final class ElectionMachineTests {

    private static final long SECOND = 1_000_000_000L;
    private static final MachineSettings SETTINGS =
            new MachineSettings("a", 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, false, false);

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
        assertEquals(List.of(), step(new ElectionEvent.Watched(7, present("b", 1)), 1));
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
    }

    /** An old read must not hide the record that the watch has shown meanwhile, nor an old record a newer one. */
    @Test
    void whatMayBeOlderIsNotBelieved() {
        Observation observation = new Observation(SETTINGS);
        assertEquals(Change.NEWS, observation.learn(present("b", 5), Source.WATCH, false, 0, 10, 10));
        assertEquals(Change.STALE, observation.learn(new Seen.Absent(), Source.READ, false, 9, 11, 11));
        assertEquals(Change.STALE, observation.learn(present("b", 4), Source.READ, false, 9, 11, 11));
        assertEquals(Change.DOUBTFUL, observation.learn(present("b", 4), Source.WATCH, false, 0, 11, 11));
        assertEquals(Change.DOUBTFUL, observation.learn(new Seen.Absent(), Source.WATCH, false, 0, 11, 11));
        assertEquals(Change.NONE, observation.learn(present("b", 5), Source.READ, false, 9, 12, 12));
        assertEquals(Change.NEWS, observation.learn(present("b", 6), Source.READ, false, 9, 12, 12));
        assertFalse(observation.orderWentBack());
        assertEquals(Change.NEWS, observation.learn(present("b", 4), Source.READ, false, 12, 13, 13));
        assertTrue(observation.orderWentBack());
        assertEquals(Change.NEWS, observation.learn(new Seen.Absent(), Source.READ, false, 13, 14, 14));
        assertEquals(
                14 + SETTINGS.leaseNanos(), observation.freeAtNanos(null), "the lease that was known is waited out");
        assertEquals(14, observation.holderUntilNanos());
        assertEquals(Change.NEWS, observation.learn(present("", 9), Source.OWN_WRITE, false, 0, 15, 15));
        assertEquals(15, observation.holderUntilNanos());
        assertEquals(
                14 + SETTINGS.leaseNanos(),
                observation.freeAtNanos(new Store.Version(8)),
                "whoever held what went may not know, whatever was written since");
        long later = 15 + SETTINGS.leaseNanos();
        assertEquals(Change.NEWS, observation.learn(new Seen.Absent(), Source.READ, false, 15, 16, later));
        assertEquals(
                later + SETTINGS.leaseNanos(),
                observation.freeAtNanos(null),
                "somebody may have taken it before it went");
    }

    @Test
    void theOldestOfTooManyOpenAttemptsIsForgotten() {
        Attempts attempts = new Attempts();
        for (int i = 0; i < 40; i++) {
            attempts.add(new Attempt(Purpose.RENEW, record("a", i), false, i));
        }
        assertNull(attempts.find(record("a", 7)));
        Attempt found = attempts.find(record("a", 8));
        assertEquals(8, found == null ? -1 : found.sentNanos());
    }

    @Test
    void twoAcquisitionsOfOneNameInOneMillisecondDiffer() {
        Stamp one = new Stamp(SETTINGS, new SplittableRandom(1));
        Stamp other = new Stamp(SETTINGS, new SplittableRandom(2));
        LeaderElectionRecord mine = one.acquire(Optional.empty(), Optional.empty(), Instant.EPOCH);
        assertFalse(mine.equals(other.acquire(Optional.empty(), Optional.empty(), Instant.EPOCH)));
        assertTrue(
                mine.acquireTime().orElseThrow().isBefore(Instant.EPOCH.plusMillis(1)), "less than a millisecond off");
        assertEquals(
                mine.acquireTime(),
                one.renew(mine, Instant.EPOCH.plusSeconds(2)).acquireTime());
    }

    private <T extends ElectionAction> T only(Class<T> kind, List<ElectionAction> actions) {
        List<T> found =
                actions.stream().filter(kind::isInstance).map(kind::cast).toList();
        assertEquals(1, found.size(), actions::toString);
        return found.get(0);
    }

    /** Leads at 0, by a write that was sent at 0. */
    private LeaderElectionRecord lead() {
        long read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0))
                .call();
        ElectionAction.Create create =
                only(ElectionAction.Create.class, step(new ElectionEvent.ReadAnswered(read, new Seen.Absent()), 0));
        step(new ElectionEvent.WriteApplied(create.call(), new Store.Version(1)), 0);
        assertEquals(ElectionState.LEADING, machine.state());
        return create.record();
    }

    @Test
    void aLeaderIsBelievedUntilItsDeadlineAndNotForItsLease() {
        lead();
        assertEquals(10 * SECOND, machine.leaderUntilNanos());
    }

    @Test
    void aRenewalSaysHowLateItWasSentAndHowLongItTook() {
        lead();
        List<ElectionAction> renewal = step(new ElectionEvent.TimerFired(), 2 * SECOND + 5);
        assertEquals(5, only(ElectionAction.RenewalSent.class, renewal).delayNanos());
        long call = only(ElectionAction.Update.class, renewal).call();
        List<ElectionAction> renewed =
                step(new ElectionEvent.WriteApplied(call, new Store.Version(2)), 2 * SECOND + 12);
        assertEquals(
                new ElectionAction.ExtendTenure(1, 12 * SECOND + 5, 7),
                only(ElectionAction.ExtendTenure.class, renewed));
    }

    @Test
    void whatIsSaidOfAnotherTenureChangesNothing() {
        lead();
        assertEquals(List.of(), step(new ElectionEvent.WorkEnded(2), 1));
        assertEquals(List.of(), step(new ElectionEvent.TenureLapsed(2), 1));
        assertEquals(List.of(), step(new ElectionEvent.WorkQuiet(2), 1));
        assertEquals(ElectionState.LEADING, machine.state());
    }

    @Test
    void whatIsSaidOfATenureThatIsOverChangesNothing() {
        lead();
        step(new ElectionEvent.TimerFired(), 10 * SECOND);
        assertEquals(ElectionState.LOST, machine.state());
        step(new ElectionEvent.TenureLapsed(1), 10 * SECOND);
        step(new ElectionEvent.WorkEnded(1), 10 * SECOND);
        step(new ElectionEvent.HealthReported(false), 10 * SECOND);
        assertEquals(ElectionState.LOST, machine.state());
    }

    @Test
    void aCloseIsNotTakenBackByACancellation() {
        lead();
        step(new ElectionEvent.CloseRequested(), 1);
        step(new ElectionEvent.CancelRequested(), 1);
        long release = only(ElectionAction.Update.class, step(new ElectionEvent.WorkQuiet(1), 1))
                .call();
        step(new ElectionEvent.WriteApplied(release, new Store.Version(2)), 1);
        assertEquals(ElectionState.CLOSED, machine.state());
    }

    /** It was written in time, but that is learned at the very deadline. */
    @Test
    void nobodyLeadsFromTheVeryDeadlineOn() {
        long read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0))
                .call();
        ElectionAction.Create create =
                only(ElectionAction.Create.class, step(new ElectionEvent.ReadAnswered(read, new Seen.Absent()), 0));
        step(new ElectionEvent.WriteUnknown(create.call()), 0);
        step(new ElectionEvent.TimerFired(), 8 * SECOND); // gives up the read that was to settle it
        long settling = only(ElectionAction.Read.class, step(new ElectionEvent.TimerFired(), 9 * SECOND))
                .call();
        step(
                new ElectionEvent.ReadAnswered(
                        settling, new Seen.Present(new LockSnapshot(create.record(), new Store.Version(1)))),
                10 * SECOND);
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
    }

    /** What failed before is no reason to wait, now that somebody asks anew. */
    @Test
    void aNewStartBeginsAtOnceHoweverMuchFailedBefore() {
        long read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0))
                .call();
        assertEquals(List.of(), step(new ElectionEvent.ReadFailed(read, false), 0));
        step(new ElectionEvent.CancelRequested(), 0);
        read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0))
                .call();
        ElectionAction.Create create =
                only(ElectionAction.Create.class, step(new ElectionEvent.ReadAnswered(read, new Seen.Absent()), 0));
        step(new ElectionEvent.WriteRefused(create.call(), false), 0);
        assertEquals(ElectionState.CAMPAIGNING, machine.state(), "refused, but not for want of rights");
        assertTrue(machine.wakeAtNanos() > 0, "tries again, but not at once");
        assertTrue(machine.wakeAtNanos() <= SECOND / 4, "an eighth of the retry period at most");
        step(new ElectionEvent.CancelRequested(), 0);
        read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.CONTINUOUS), 0))
                .call();
        only(ElectionAction.Create.class, step(new ElectionEvent.ReadAnswered(read, new Seen.Absent()), 0));
    }

    @Test
    void aLeaderWhoseRenewalIsDeniedTriesAgain() {
        lead();
        long call = only(ElectionAction.Update.class, step(new ElectionEvent.TimerFired(), 2 * SECOND))
                .call();
        assertEquals(List.of(), step(new ElectionEvent.WriteRefused(call, true), 2 * SECOND));
        assertEquals(ElectionState.LEADING, machine.state());
        assertTrue(machine.wakeAtNanos() > 2 * SECOND, "not at once");
        assertTrue(machine.wakeAtNanos() <= 2 * SECOND + SECOND / 4);
    }

    @Test
    void aCallTakesThePlaceOfNoOther() {
        CallSlot slot = new CallSlot();
        assertEquals(ElectionMachine.NEVER, slot.deadlineNanos());
        slot.beginRead(1, 1, 5, false);
        assertEquals(5, slot.deadlineNanos());
        assertThrows(InvariantBrokenException.class, () -> slot.beginRead(1, 1, 5, false));
    }

    @Test
    void aDoubtIsSettledByALaterReadOrByOneThatSaysTheSame() {
        Observation known = new Observation(SETTINGS);
        known.learn(present("b", 5), Source.READ, false, 0, 1, 1);
        Doubt doubt = new Doubt();
        doubt.arise(7);
        doubt.settle(6, known);
        assertTrue(doubt.stands());
        doubt.arise(present("b", 4), 7);
        doubt.settle(6, known);
        assertTrue(doubt.stands());
        doubt.arise(present("b", 5), 7);
        doubt.settle(6, known);
        assertFalse(doubt.stands());
        doubt.arise(7);
        doubt.settle(7, known);
        assertFalse(doubt.stands());
    }

    @Test
    void aVersionThatComesBackAfterADeletionIsAnOrderThatWentBack() {
        Observation observation = new Observation(SETTINGS);
        observation.learn(present("b", 5), Source.READ, false, 0, 1, 1);
        observation.learn(new Seen.Absent(), Source.READ, false, 2, 3, 3);
        assertFalse(observation.orderWentBack());
        observation.learn(present("b", 5), Source.READ, false, 3, 4, 4);
        assertTrue(observation.orderWentBack());
    }

    @Test
    void onlyTheVersionThatIsMineIsFreeBeforeItsLeaseIsOver() {
        Observation observation = new Observation(SETTINGS);
        observation.learn(present("a", 5), Source.READ, false, 0, 1, 3);
        assertEquals(3 + 15 * SECOND, observation.freeAtNanos(null));
        assertEquals(3 + 15 * SECOND, observation.freeAtNanos(new Store.Version(4)));
        assertEquals(3, observation.freeAtNanos(new Store.Version(5)));
    }

    @Test
    void aLeaseOfCenturiesMeansNever() {
        Observation observation = new Observation(SETTINGS);
        LeaderElectionRecord lasting =
                new LeaderElectionRecord("b", Duration.ofDays(365_000), Optional.empty(), Optional.empty(), 0);
        observation.learn(
                new Seen.Present(new LockSnapshot(lasting, new Store.Version(1))), Source.READ, false, 0, 1, 0);
        assertEquals(Duration.ofDays(10_950).toNanos(), observation.declaredLeaseNanos());
    }

    @Test
    void aRecordIsRenewedNoEarlierThanItWasAcquired() {
        for (long seed = 1; seed <= 20; seed++) {
            LeaderElectionRecord acquired = new Stamp(SETTINGS, new SplittableRandom(seed))
                    .acquire(Optional.empty(), Optional.empty(), Instant.EPOCH);
            Instant acquireTime = acquired.acquireTime().orElseThrow();
            assertTrue(acquireTime.isBefore(acquired.renewTime().orElseThrow()), "seed " + seed);
        }
    }

    @Test
    void aWatchThatWasHealthyForARetryPeriodIsReplacedSoon() {
        MachineSettings watching =
                new MachineSettings("a", 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, true, false);
        WatchKeeper watch = new WatchKeeper(watching, new SplittableRandom(1));
        List<ElectionAction> actions = new ArrayList<>();
        assertEquals(2 * watching.callNanos(), watch.keep(0, actions));
        assertTrue(watch.isCurrent(1));
        for (int i = 0; i < 5; i++) {
            watch.broke(0);
        }
        assertFalse(watch.isCurrent(1), "broken");
        long reopened = watch.keep(0, actions);
        assertTrue(reopened >= SECOND, "the pause has grown to the retry period, the latter half of it random");
        watch.keep(reopened, actions);
        assertTrue(watch.isCurrent(2));
        watch.heard(new Seen.Absent(), reopened);
        watch.heard(new Seen.Absent(), reopened + 1);
        long broken = reopened + 2 * SECOND;
        watch.broke(broken);
        assertTrue(watch.keep(broken, actions) <= broken + SECOND / 4);
    }

    private long heldCall(ElectionEvent event, long nowNanos) {
        return only(ElectionAction.Update.class, step(event, nowNanos)).call();
    }

    @Test
    void aLeaderThatIsStillHealthyLeadsOn() {
        lead();
        assertEquals(List.of(), step(new ElectionEvent.HealthReported(true), 1));
        assertEquals(ElectionState.LEADING, machine.state());
    }

    @Test
    void workThatReturnsAfterItsTenureWasLostIsNoReasonToHoldBack() {
        LeaderElectionRecord record = lead();
        List<ElectionAction> lost = step(new ElectionEvent.TimerFired(), 10 * SECOND);
        step(new ElectionEvent.WorkEnded(1), 10 * SECOND);
        step(new ElectionEvent.WorkQuiet(1), 10 * SECOND);
        Seen.Present ours = new Seen.Present(new LockSnapshot(record, new Store.Version(1)));
        long read = only(ElectionAction.Read.class, lost).call();
        heldCall(new ElectionEvent.ReadAnswered(read, ours), 10 * SECOND);
    }

    @Test
    void aReleaseDoesNotWaitForThePauseOfARefusedRenewal() {
        lead();
        long renewal = heldCall(new ElectionEvent.TimerFired(), 2 * SECOND);
        step(new ElectionEvent.WriteRefused(renewal, false), 2 * SECOND);
        step(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN), 2 * SECOND);
        heldCall(new ElectionEvent.WorkQuiet(1), 2 * SECOND);
    }

    @Test
    void aReleaseIsGivenUpInTimeWhateverComesMeanwhile() {
        lead();
        step(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN), 1);
        heldCall(new ElectionEvent.WorkQuiet(1), 1);
        assertEquals(1 + SETTINGS.callNanos(), machine.wakeAtNanos());
        step(new ElectionEvent.TimerFired(), 2);
        assertEquals(1 + SETTINGS.callNanos(), machine.wakeAtNanos());
    }

    /** However long the pause between its tries has grown. */
    @Test
    void aLeaderThatIsRefusedWakesNoLaterThanItsDeadline() {
        lead();
        while (machine.wakeAtNanos() < 10 * SECOND) {
            long now = machine.wakeAtNanos();
            step(new ElectionEvent.WriteRefused(heldCall(new ElectionEvent.TimerFired(), now), false), now);
        }
        assertEquals(10 * SECOND, machine.wakeAtNanos());
    }

    @Test
    void aLeaderThatDrainsAndIsRefusedWakesNoLaterThanItsDeadline() {
        lead();
        step(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN), 1);
        while (machine.wakeAtNanos() < 10 * SECOND) {
            long now = machine.wakeAtNanos();
            step(new ElectionEvent.WriteRefused(heldCall(new ElectionEvent.TimerFired(), now), false), now);
        }
        assertEquals(10 * SECOND, machine.wakeAtNanos());
    }

    @Test
    void whoeverSteppedDownHoldsBackThoughSomebodyRewritesTheReleasedRecord() {
        lead();
        step(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN), 1);
        long release = heldCall(new ElectionEvent.WorkQuiet(1), 1);
        step(new ElectionEvent.WriteApplied(release, new Store.Version(2)), 1);
        long polls = machine.wakeAtNanos();
        long read = only(ElectionAction.Read.class, step(new ElectionEvent.TimerFired(), polls))
                .call();
        List<ElectionAction> shown = step(new ElectionEvent.ReadAnswered(read, present("", 5)), polls);
        assertTrue(shown.stream().noneMatch(ElectionAction.Update.class::isInstance), shown::toString);
    }

    private void observe(Duration lease) {
        long read = only(ElectionAction.Read.class, step(new ElectionEvent.StartRequested(Mode.OBSERVE), 0))
                .call();
        LeaderElectionRecord held = new LeaderElectionRecord("b", lease, Optional.empty(), Optional.empty(), 0);
        step(new ElectionEvent.ReadAnswered(read, new Seen.Present(new LockSnapshot(held, new Store.Version(1)))), 0);
        assertEquals(Optional.of("b"), machine.leader());
    }

    @Test
    void anObserverWakesWhenTheLeaseThatItSawIsOver() {
        observe(Duration.ofSeconds(1));
        assertEquals(SECOND, machine.wakeAtNanos());
    }

    @Test
    void whoeverHasGoneIdleAnnouncesNothing() {
        observe(Duration.ofSeconds(1));
        assertEquals(List.of(new ElectionAction.Finished()), step(new ElectionEvent.CancelRequested(), 2 * SECOND - 1));
    }

    @Test
    void whoeverIsClosedAnnouncesNothing() {
        observe(Duration.ofSeconds(1));
        assertEquals(List.of(new ElectionAction.Finished()), step(new ElectionEvent.CloseRequested(), 2 * SECOND - 1));
    }

    private static final long LEASE = SETTINGS.leaseNanos();

    private static Observation absentSince(long nanos) {
        Observation observation = new Observation(SETTINGS);
        assertEquals(Change.NEWS, observation.learn(new Seen.Absent(), Source.READ, false, 1, 1, nanos));
        assertEquals(nanos, observation.freeAtNanos(null), "nothing is known of anybody");
        return observation;
    }

    @Test
    void aGlimpseOfARivalIsWaitedOutOnceItIsGone() {
        Observation observation = absentSince(10);
        observation.glimpsed(present("b", 7), 5);
        assertEquals(10, observation.freeAtNanos(null), "not before a read or the watch says that it is gone");
        observation.learn(new Seen.Absent(), Source.READ, false, 4, 6, 20);
        assertEquals(10, observation.freeAtNanos(null), "that read was sent before");
        observation.learn(new Seen.Absent(), Source.READ, false, 5, 7, 30);
        assertEquals(30 + LEASE, observation.freeAtNanos(null));
        observation.learn(new Seen.Absent(), Source.READ, false, 8, 8, 40);
        assertEquals(30 + LEASE, observation.freeAtNanos(null), "once");
    }

    @Test
    void theWatchTellsThatAGlimpseIsGoneToo() {
        Observation observation = absentSince(10);
        observation.glimpsed(new Seen.Malformed(), 5);
        observation.learn(new Seen.Absent(), Source.WATCH, false, 0, 6, 20);
        assertEquals(20 + LEASE, observation.freeAtNanos(null));
    }

    @Test
    void aGlimpseOfNobodyOrOfWhatIsOlderIsNone() {
        Observation observation = new Observation(SETTINGS);
        observation.learn(present("b", 7), Source.READ, false, 1, 1, 1);
        observation.learn(new Seen.Absent(), Source.READ, false, 2, 2, 2);
        assertEquals(2 + LEASE, observation.freeAtNanos(null));
        observation.glimpsed(present("b", 7), 3);
        observation.glimpsed(present("", 8), 3);
        observation.glimpsed(new Seen.Absent(), 3);
        observation.learn(new Seen.Absent(), Source.READ, false, 4, 4, 4);
        assertEquals(2 + LEASE, observation.freeAtNanos(null));
        observation.glimpsed(present("b", 8), 5);
        observation.learn(new Seen.Absent(), Source.READ, false, 6, 6, 6);
        assertEquals(6 + LEASE, observation.freeAtNanos(null));
    }

    @Test
    void aGlimpseThatTurnsOutToStandIsNoLongerOne() {
        Observation observation = absentSince(10);
        observation.glimpsed(present("b", 7), 5);
        observation.learn(present("b", 7), Source.READ, false, 6, 6, 20);
        assertEquals(20 + LEASE, observation.freeAtNanos(null));
        observation.absenceIsFree(25);
        observation.learn(new Seen.Absent(), Source.READ, false, 7, 7, 30);
        observation.absenceIsFree(30);
        observation.learn(new Seen.Absent(), Source.READ, false, 8, 8, 40);
        assertEquals(30, observation.freeAtNanos(null));
    }

    /** A store that lost its data counts from the beginning again, and what it gave to one record it gives to another. */
    @Test
    void anotherRecordUnderTheSameVersionIsNews() {
        Observation observation = new Observation(SETTINGS);
        observation.learn(present("a", 7), Source.READ, false, 1, 1, 10);
        assertEquals(Change.NONE, observation.learn(present("a", 7), Source.READ, false, 2, 2, 20));
        assertEquals(Change.NEWS, observation.learn(present("b", 7), Source.READ, false, 3, 3, 30));
        assertTrue(observation.orderWentBack());
        assertEquals(Change.DOUBTFUL, observation.learn(present("a", 7), Source.WATCH, false, 0, 4, 40));
    }

    @Test
    void whoWasOutrunWaitsForTheOwnLease() {
        Observation observation = absentSince(10);
        observation.outrun(5);
        observation.learn(new Seen.Absent(), Source.READ, false, 5, 6, 20);
        assertEquals(20 + LEASE, observation.freeAtNanos(null));
    }

    /** A longer lease that was declared is waited for, not the own one. */
    @Test
    void theLeaseThatIsWaitedOutIsTheOneThatWasSeen() {
        LeaderElectionRecord lasting =
                new LeaderElectionRecord("b", Duration.ofSeconds(60), Optional.empty(), Optional.empty(), 0);
        Observation observation = new Observation(SETTINGS);
        observation.learn(
                new Seen.Present(new LockSnapshot(lasting, new Store.Version(7))), Source.READ, false, 1, 1, 1);
        observation.learn(new Seen.Absent(), Source.READ, false, 2, 2, 2);
        assertEquals(2 + 60 * SECOND, observation.freeAtNanos(null));
    }

    @Test
    void aReadThatPrecedesAConfirmedAbsenceIsInDoubtAndOneThatPrecedesARecordIsStale() {
        Observation observation = absentSince(10);
        observation.learn(new Seen.Absent(), Source.WATCH, false, 0, 5, 20);
        assertTrue(observation.mayPrecede(4));
        assertFalse(observation.mayPrecede(5));
        assertEquals(Change.DOUBTFUL, observation.learn(present("b", 7), Source.READ, false, 4, 6, 30));
        observation.learn(new Seen.Absent(), Source.READ, false, 6, 7, 35);
        assertFalse(observation.mayPrecede(5), "a read confirms, and moves nothing");
        assertEquals(Change.NEWS, observation.learn(present("b", 7), Source.READ, false, 5, 8, 40));
        observation.learn(present("b", 7), Source.WATCH, false, 0, 9, 50);
        assertFalse(observation.mayPrecede(8), "a record that is shown again is no other");
        assertEquals(Change.STALE, observation.learn(new Seen.Absent(), Source.READ, false, 7, 10, 60));
    }

    /** The pause of one that lost so often, at most, out of many. */
    private static long longestPause(int losses) {
        Stagger stagger = new Stagger(SETTINGS, new SplittableRandom(7));
        stagger.draw(true);
        for (int i = 0; i < losses; i++) {
            stagger.lost();
        }
        long longest = 0;
        for (int i = 0; i < 1000; i++) {
            stagger.draw(true);
            longest = Math.max(longest, stagger.pauseNanos());
        }
        return longest;
    }

    @Test
    void whoeverOftenComesSecondHoldsBackUpToTheRetryPeriod() {
        long retry = SETTINGS.retryNanos();
        assertEquals(0, longestPause(0));
        assertEquals(retry / 4, longestPause(1), retry / 100.0);
        assertEquals(retry, longestPause(2), retry / 100.0);
        assertEquals(retry, longestPause(40), retry / 100.0);
        Stagger stagger = new Stagger(SETTINGS, new SplittableRandom(7));
        stagger.draw(true);
        for (int i = 0; i < 9; i++) {
            stagger.lost();
        }
        stagger.draw(false);
        assertTrue(stagger.pauseNanos() > 0);
        stagger.won();
        assertEquals(0, stagger.pauseNanos());
        stagger.draw(true);
        assertEquals(0, stagger.pauseNanos());
    }

    @Test
    void whoStartsTogetherWithTheOthersLearnsNothingFromBeingSecond() {
        Stagger stagger = new Stagger(SETTINGS, new SplittableRandom(7));
        stagger.draw(false);
        stagger.lost();
        stagger.draw(true);
        assertEquals(0, stagger.pauseNanos());
        stagger.lost();
        stagger.draw(true);
        assertTrue(stagger.pauseNanos() > 0);
    }
}
