package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.spi.LockSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A candidate that is entered as the successor, shown what a scenario cannot show it: older states, other's claims. */
class SuccessionTests {

    private static final long SECOND = 1_000_000_000L;
    private static final MachineSettings SETTINGS =
            new MachineSettings("b", 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, true, true);
    private static final LeaderElectionRecord HELD = new LeaderElectionRecord(
            "a", Duration.ofSeconds(15), Optional.of(Instant.EPOCH), Optional.of(Instant.EPOCH), 0, Optional.of("S1"));

    private final ElectionMachine machine = new ElectionMachine(SETTINGS, new SplittableRandom(1));
    private long now;
    private ElectionAction.Update entry = new ElectionAction.Update(0, HELD, new Store.Version(0));

    private List<ElectionAction> step(ElectionEvent event) {
        return machine.step(event, now, Instant.EPOCH);
    }

    private static Seen.Present seen(LeaderElectionRecord record, long order) {
        return new Seen.Present(new LockSnapshot(record, new Store.Version(order)));
    }

    private static ElectionAction.Update updateIn(List<ElectionAction> actions) {
        return assertInstanceOf(
                ElectionAction.Update.class,
                actions.stream()
                        .filter(action -> action instanceof ElectionAction.Update)
                        .findFirst()
                        .orElse(null),
                actions.toString());
    }

    private static boolean begins(List<ElectionAction> actions) {
        return actions.stream().anyMatch(action -> action instanceof ElectionAction.BeginTenure);
    }

    private static LeaderElectionRecord handedOver(Successor next, String claim) {
        return new LeaderElectionRecord(
                next.holderIdentity(),
                next.leaseDuration(),
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                1,
                Optional.of(next.session()),
                Optional.of(claim),
                Optional.empty());
    }

    @BeforeEach
    void isBeingEnteredAsTheSuccessor() {
        step(new ElectionEvent.StartRequested(Mode.CONTINUOUS));
        step(new ElectionEvent.Watched(1, seen(HELD, 5)));
        step(new ElectionEvent.ReadAnswered(1, seen(HELD, 5)));
        step(new ElectionEvent.SessionKept("S2", 0, 0));
        now = SECOND;
        entry = updateIn(step(new ElectionEvent.TimerFired()));
        assertEquals(new Store.Version(5), entry.expected());
        assertEquals(HELD, entry.record().withSuccessor(Optional.empty()), "nothing but the successor is changed");
    }

    private Successor self() {
        return entry.record().successor().orElseThrow();
    }

    @Test
    void whatIsHandedOverIsKnownByItsClaimAndNotByItsName() {
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        assertFalse(begins(step(new ElectionEvent.Watched(1, seen(handedOver(self(), "another claim"), 7)))));
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
    }

    @Test
    void aClaimIsGoodForOneTenure() {
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        assertTrue(begins(step(new ElectionEvent.Watched(1, seen(handedOver(self(), self().claim()), 7)))));
        step(new ElectionEvent.CancelRequested());
        ElectionAction.Update release = updateIn(step(new ElectionEvent.WorkQuiet(1)));
        step(new ElectionEvent.WriteApplied(release.call(), new Store.Version(8)));
        assertEquals(ElectionState.IDLE, machine.state());

        step(new ElectionEvent.StartRequested(Mode.CONTINUOUS));
        step(new ElectionEvent.SessionKept("S2", now, 0));
        step(new ElectionEvent.Watched(2, seen(handedOver(self(), self().claim()), 9)));
        List<ElectionAction> read = step(new ElectionEvent.TimerFired());
        assertFalse(begins(read));
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
        assertEquals(Optional.empty(), machine.session(), "nobody leads by it, so that our session must not hold it");
    }

    /** What a withdrawal writes stood there before, but for the version. */
    @Test
    void aWithdrawalIsNotTakenForAppliedBecauseSomethingOlderIsShown() {
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        ElectionAction.Update withdrawal = updateIn(step(new ElectionEvent.CancelRequested()));
        assertEquals(HELD, withdrawal.record());
        assertEquals(new Store.Version(6), withdrawal.expected());
        step(new ElectionEvent.Watched(1, seen(HELD, 5)));
        assertEquals(ElectionState.RELEASING, machine.state(), "what is shown is older than the entry");
        step(new ElectionEvent.WriteUnknown(withdrawal.call()));
        assertEquals(ElectionState.RELEASING, machine.state(), "not withdrawn, as far as is known");
        step(new ElectionEvent.Watched(1, seen(HELD, 7)));
        step(new ElectionEvent.ReadAnswered(withdrawal.call() + 1, seen(HELD, 7)));
        assertEquals(ElectionState.IDLE, machine.state());
        assertEquals(Optional.empty(), machine.session());
    }

    /** The session is given up only if it is not known in the end. */
    @Test
    void whoeverIsHandedOverToWhileItWithdrawsReleases() {
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        ElectionAction.Update withdrawal = updateIn(step(new ElectionEvent.CancelRequested()));
        step(new ElectionEvent.Watched(1, seen(handedOver(self(), self().claim()), 7)));
        ElectionAction.Update release = updateIn(step(new ElectionEvent.WriteConflicted(withdrawal.call())));
        assertFalse(release.record().hasHolder());
        assertEquals(new Store.Version(7), release.expected());
    }

    /** It has written, though its entry was never answered: a refusal that comes later is not the first thing that it hears. */
    @Test
    void aDenialInALaterTenureEndsNoElectorThatWasHandedOverTo() {
        assertTrue(begins(step(new ElectionEvent.Watched(1, seen(handedOver(self(), self().claim()), 7)))));
        step(new ElectionEvent.WriteUnknown(entry.call()));
        ElectionAction.Update dismissal = updateIn(aSuccessorEntersAndItsSessionEnds());
        List<ElectionAction> told = step(new ElectionEvent.WriteRefused(dismissal.call(), true));
        assertFalse(told.stream().anyMatch(action -> action instanceof ElectionAction.Report), told.toString());
        assertEquals(ElectionState.LEADING, machine.state());
    }

    /** It was answered too late to be of use. */
    @Test
    void aDenialEndsNoElectorWhoseWriteWasAppliedBeforeSomebodyElses() {
        LeaderElectionRecord others =
                handedOver(new Successor("c", Duration.ofSeconds(15), "S3", "c's claim"), "c's claim");
        step(new ElectionEvent.Watched(1, seen(others, 7)));
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        now += SECOND;
        ElectionAction.Update next = updateIn(step(new ElectionEvent.TimerFired()));
        List<ElectionAction> told = step(new ElectionEvent.WriteRefused(next.call(), true));
        assertFalse(told.stream().anyMatch(action -> action instanceof ElectionAction.Report), told.toString());
        assertEquals(ElectionState.CAMPAIGNING, machine.state());
    }

    private LeaderElectionRecord entered() {
        Successor next = new Successor("c", Duration.ofSeconds(15), "S3", "c's claim");
        return handedOver(self(), self().claim()).withSuccessor(Optional.of(next));
    }

    private List<ElectionAction> aSuccessorEntersAndItsSessionEnds() {
        step(new ElectionEvent.Watched(1, seen(entered(), 8)));
        return step(new ElectionEvent.SessionEnded("S3"));
    }

    /** A dismissal is not as urgent as a look: without that the tenure would end after five renew deadlines. */
    @Test
    void aLeaderLooksThoughItsDismissalIsRefusedAgainAndAgain() {
        assertTrue(begins(step(new ElectionEvent.Watched(1, seen(handedOver(self(), self().claim()), 7)))));
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        Deque<ElectionAction> actions = new ArrayDeque<>(aSuccessorEntersAndItsSessionEnds());
        for (int half = 0; half < 200; half++) {
            while (!actions.isEmpty()) {
                ElectionAction action = actions.removeFirst();
                if (action instanceof ElectionAction.Update update) {
                    actions.addAll(step(new ElectionEvent.WriteRefused(update.call(), false)));
                } else if (action instanceof ElectionAction.Read read) {
                    actions.addAll(step(new ElectionEvent.ReadAnswered(read.call(), seen(entered(), 8))));
                }
            }
            now += SECOND / 2;
            actions.addAll(step(new ElectionEvent.SessionKept("S2", now, 0)));
            actions.addAll(step(new ElectionEvent.TimerFired()));
        }
        assertEquals(ElectionState.LEADING, machine.state());
    }

    @Test
    void aReadThatHangsKeepsNobodyEnteredWhoIsSick() {
        step(new ElectionEvent.WriteApplied(entry.call(), new Store.Version(6)));
        step(new ElectionEvent.WatchBroken(1));
        now += 4 * SECOND;
        List<ElectionAction> polls = step(new ElectionEvent.TimerFired());
        assertTrue(polls.stream().anyMatch(action -> action instanceof ElectionAction.Read), polls.toString());
        assertEquals(
                HELD, updateIn(step(new ElectionEvent.HealthReported(false))).record());
    }

    @Test
    void anEntryThatHangsKeepsNobodyFromTakingWhatWasReleasedMeanwhile() {
        LeaderElectionRecord released = new LeaderElectionRecord(
                "", Duration.ofSeconds(1), Optional.of(Instant.EPOCH), Optional.of(Instant.EPOCH), 0);
        ElectionAction.Update acquisition = updateIn(step(new ElectionEvent.Watched(1, seen(released, 7))));
        assertEquals("b", acquisition.record().holderIdentity());
        assertEquals(new Store.Version(7), acquisition.expected());
    }

    /** Nobody knows how many there are. Of each number the first one is alone for a twentieth of the window, mostly. */
    @Test
    void theFirstOfManyIsAsFarAheadOfTheOthersAsTheFirstOfAFew() {
        SplittableRandom random = new SplittableRandom(3);
        for (int candidates : new int[] {2, 20, 200, 1000}) {
            int together = 0;
            for (int race = 0; race < 200; race++) {
                long[] pauses = LongStream.generate(() -> pause(random))
                        .limit(candidates)
                        .sorted()
                        .toArray();
                long shown = pauses[0] + SETTINGS.entryNanos() / 20;
                together += (int) Arrays.stream(pauses)
                        .skip(1)
                        .filter(each -> each < shown)
                        .count();
            }
            assertTrue(together < 200, together + " too early in 200 races of " + candidates);
        }
    }

    /** On a store that is slow to show who was first. */
    @Test
    void entriesAreSpreadOverAWholeRetryPeriodWhileTheyAreRefused() {
        Succession succession = new Succession(SETTINGS, new SplittableRandom(3));
        for (int refusals = 1; refusals <= 6; refusals++) {
            succession.outrun();
            assertWindow(Math.min(refusals, 4), succession);
        }
        for (int doublings = 3; doublings >= -1; doublings--) {
            assertWindow(Math.max(doublings, 0), succession);
        }
    }

    private static void assertWindow(int doublings, Succession succession) {
        long window = SETTINGS.entryNanos() << doublings;
        assertEquals(window, window(succession), window / 10.0);
    }

    @Test
    void whoIsRefusedAgainAndAgainEntersItselfLater() {
        Successor another = new Successor("c", Duration.ofSeconds(15), "S3", "c's claim");
        long order = 5;
        long longest = 0;
        for (int refusals = 0; refusals < 10; refusals++) {
            step(new ElectionEvent.WriteConflicted(entry.call()));
            step(new ElectionEvent.Watched(1, seen(HELD.withSuccessor(Optional.of(another)), ++order)));
            long vacant = now;
            List<ElectionAction> actions = step(new ElectionEvent.Watched(1, seen(HELD, ++order)));
            while (actions.stream().noneMatch(action -> action instanceof ElectionAction.Update)) {
                now += SECOND / 100;
                actions = step(new ElectionEvent.TimerFired());
            }
            entry = updateIn(actions);
            longest = Math.max(longest, now - vacant);
        }
        assertTrue(longest > 4 * SETTINGS.entryNanos(), "after " + longest + " ns at most");
        assertTrue(longest <= SETTINGS.retryNanos(), "after " + longest + " ns at most");
    }

    /** The longest pause of many that follow one vacancy. */
    private static long window(Succession succession) {
        succession.learned(HELD, 0);
        long longest = succession.enterAtNanos();
        Successor another = new Successor("c", Duration.ofSeconds(15), "S3", "c's claim");
        for (int i = 0; i < 100; i++) {
            succession.learned(HELD.withSuccessor(Optional.of(another)), 0);
            longest = Math.max(longest, succession.pauseNanos());
        }
        return longest;
    }

    private static long pause(SplittableRandom random) {
        Succession succession = new Succession(SETTINGS, random);
        succession.learned(HELD, 7);
        long pause = succession.enterAtNanos() - 7;
        assertTrue(pause >= 0 && pause < SETTINGS.entryNanos(), () -> "a pause of " + pause);
        return pause;
    }

    /** Where leader and successor are of one client, they die together. */
    @Test
    void nobodyHoldsBackForASuccessorWhoseSessionHasEndedAsWell() {
        Successor next = new Successor("c", Duration.ofSeconds(15), "S1", "c's claim");
        step(new ElectionEvent.Watched(1, seen(HELD.withSuccessor(Optional.of(next)), 6)));
        step(new ElectionEvent.WriteConflicted(entry.call()));
        now += SECOND / 1000;
        assertEquals(
                "b",
                updateIn(step(new ElectionEvent.SessionEnded("S1"))).record().holderIdentity());
    }
}
