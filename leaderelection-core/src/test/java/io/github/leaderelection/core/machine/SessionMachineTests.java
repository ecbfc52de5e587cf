package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The machine of a session alone: each event in each state. Times are in milliseconds; lease 15 s, deadline 9 s, period 2 s. */
final class SessionMachineTests {

    private static final long MS = 1_000_000;
    private static final long START = 1_000_000;
    private static final long DEADLINE = 9_000;
    private static final long PERIOD = 2_000;
    private static final long CALL = DEADLINE / 4;

    private final MachineSettings settings =
            new MachineSettings("a", 15_000 * MS, DEADLINE * MS, PERIOD * MS, 1_000 * MS, true, true, true);
    private final SessionMachine machine = new SessionMachine(settings, new SplittableRandom(1));
    private long now = START;

    private List<SessionAction> tell(SessionEvent event) {
        return machine.step(event, now * MS);
    }

    private List<SessionAction> fire() {
        return tell(new SessionEvent.TimerFired());
    }

    /** Lets time pass up to when the machine wants to be woken, and wakes it. */
    private List<SessionAction> wake() {
        now = Math.max(now, (machine.wakeAtNanos() + MS - 1) / MS);
        return fire();
    }

    private long wakesIn() {
        return machine.wakeAtNanos() / MS - now;
    }

    private void pass(long millis) {
        now += millis;
    }

    private static SessionAction.Open open(long call) {
        return new SessionAction.Open(call);
    }

    private static SessionAction.KeepAlive keep(long call, boolean proof) {
        return new SessionAction.KeepAlive(call, proof);
    }

    private static SessionAction.TellProven proven(long sent, long latency) {
        return new SessionAction.TellProven("S", sent * MS, latency * MS);
    }

    private static SessionAction.Abandon overdue(long call) {
        return new SessionAction.Abandon(call, true);
    }

    private static SessionAction.Abandon unwanted(long call) {
        return new SessionAction.Abandon(call, false);
    }

    private SessionEvent wanted(boolean wanted) {
        return new SessionEvent.Wanted(wanted);
    }

    private SessionEvent needed(boolean needed) {
        return new SessionEvent.ProofNeeded(needed);
    }

    private SessionEvent kept(long call) {
        return new SessionEvent.Kept(call, 0);
    }

    private SessionEvent asked(long after) {
        return new SessionEvent.ProofAsked(after * MS);
    }

    /** With a session S that was opened at START by call 1, and nothing under way. */
    private void opened() {
        assertEquals(List.of(open(1)), tell(wanted(true)));
        assertEquals(List.of(new SessionAction.TellOpened("S", START * MS, 0)), tell(new SessionEvent.Opened(1, "S")));
    }

    /** As {@link #opened}, with a keep-alive under way as call 2 since then. */
    private void proving() {
        opened();
        tell(needed(true));
        assertEquals(List.of(keep(2, true)), wake());
    }

    // ---- before there is a session

    @Test
    void nothingIsDoneForNobody() {
        assertEquals(List.of(), fire());
        assertEquals(List.of(), tell(needed(true)));
        assertEquals(List.of(), tell(asked(0)));
        assertEquals(List.of(), tell(new SessionEvent.GivenUp("S")));
        assertEquals(List.of(), tell(new SessionEvent.Opened(0, "S")));
        assertEquals(List.of(), tell(new SessionEvent.Opened(1, "S")));
        assertEquals(List.of(), tell(kept(0)));
        assertEquals(List.of(), tell(new SessionEvent.Ended(0)));
        assertEquals(List.of(), tell(new SessionEvent.Failed(0)));
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
    }

    @Test
    void openedOnceAndCountedFromTheSending() {
        assertEquals(List.of(open(1)), tell(wanted(true)));
        assertEquals(List.of(), tell(wanted(true)));
        assertEquals(CALL, wakesIn());
        pass(30);
        assertEquals(
                List.of(new SessionAction.TellOpened("S", START * MS, 30 * MS)), tell(new SessionEvent.Opened(1, "S")));
        assertEquals(DEADLINE / 3 - 30, wakesIn());
    }

    @Test
    void anOpeningThatFailsIsTriedAgainAfterPausesThatGrow() {
        tell(wanted(true));
        long before = 0;
        for (long call = 1; call <= 6; call++) {
            assertEquals(List.of(), tell(new SessionEvent.Failed(call)));
            long pause = wakesIn();
            long whole = Math.min(PERIOD, PERIOD / 8 << (call - 1));
            assertTrue(pause >= whole / 2 && pause <= whole, pause + " of " + whole);
            assertTrue(pause >= Math.min(before, PERIOD / 2), pause + " after " + before);
            before = pause;
            assertEquals(List.of(), fire());
            assertEquals(List.of(open(call + 1)), wake());
        }
    }

    @Test
    void anOpeningThatIsNotAnsweredIsGivenUpAndWhatItOpensComesTooLate() {
        tell(wanted(true));
        pass(CALL - 1);
        assertEquals(List.of(), fire());
        pass(1);
        assertEquals(List.of(overdue(1)), fire());
        assertEquals(List.of(), tell(new SessionEvent.Opened(1, "S")));
        assertEquals(List.of(open(2)), wake());
        assertEquals(List.of(), tell(new SessionEvent.Opened(1, "S")));
        assertEquals(List.of(new SessionAction.TellOpened("T", now * MS, 0)), tell(new SessionEvent.Opened(2, "T")));
        assertEquals(List.of(), tell(new SessionEvent.Opened(2, "T")));
    }

    @Test
    void whoeverLeavesWhileItIsOpenedGivesThatUp() {
        tell(wanted(true));
        assertEquals(List.of(unwanted(1)), tell(wanted(false)));
        assertEquals(List.of(), tell(new SessionEvent.Opened(1, "S")));
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
        assertEquals(List.of(open(2)), tell(wanted(true)));
        assertEquals(List.of(), tell(new SessionEvent.Opened(1, "S")));
    }

    @Test
    void leavingForgetsThePauseBetweenOpenings() {
        tell(wanted(true));
        tell(new SessionEvent.Failed(1));
        assertEquals(List.of(), tell(wanted(false)));
        assertEquals(List.of(open(2)), tell(wanted(true)));
    }

    // ---- kept alive

    @Test
    void keptAliveThreeTimesInADeadlineWithoutProofAndWithoutAWord() {
        opened();
        assertEquals(List.of(keep(2, false)), wake());
        assertEquals(START + DEADLINE / 3, now);
        assertEquals(CALL, wakesIn());
        pass(10);
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(DEADLINE / 3 - 10, wakesIn());
        pass(DEADLINE / 3 - 11);
        assertEquals(List.of(), fire());
        assertEquals(List.of(keep(3, false)), wake());
    }

    @Test
    void whatHangsOnProofsHasThemInEachPeriodCountedFromTheSending() {
        proving();
        assertEquals(START + PERIOD, now);
        pass(40);
        assertEquals(List.of(proven(START + PERIOD, 40)), tell(kept(2)));
        assertEquals(PERIOD - 40, wakesIn());
        assertEquals(List.of(keep(3, true)), wake());
    }

    @Test
    void aLeaseThatCountsFromEarlierIsToldAsThat() {
        proving();
        pass(40);
        assertEquals(List.of(proven(START + PERIOD - 300, 40)), tell(new SessionEvent.Kept(2, 300 * MS)));
    }

    @Test
    void aProofThatCountsFromBeforeTheLastOneTakesNothingBack() {
        proving();
        assertEquals(List.of(proven(START, 0)), tell(new SessionEvent.Kept(2, (PERIOD + 700) * MS)));
    }

    @Test
    void aKeepAliveThatWasSentWithoutProofProvesNothingThoughOneIsNeededMeanwhile() {
        opened();
        assertEquals(List.of(keep(2, false)), wake());
        assertEquals(List.of(), tell(needed(true)));
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(List.of(keep(3, true)), wake());
        assertEquals(List.of(proven(now, 0)), tell(kept(3)));
    }

    @Test
    void aProofThatIsUnderWayWhenNoneIsNeededAnyMoreIsToldAllTheSame() {
        proving();
        assertEquals(List.of(), tell(needed(false)));
        assertEquals(List.of(proven(START + PERIOD, 0)), tell(kept(2)));
        assertEquals(DEADLINE / 3, wakesIn());
    }

    @Test
    void aFailureIsTriedAgainSoonerThanThePeriod() {
        proving();
        assertEquals(List.of(), tell(new SessionEvent.Failed(2)));
        assertTrue(wakesIn() >= PERIOD / 16 - 1 && wakesIn() <= PERIOD / 8, "in " + wakesIn());
        assertEquals(List.of(keep(3, true)), wake());
        pass(10);
        assertEquals(List.of(proven(now - 10, 10)), tell(kept(3)));
        assertEquals(PERIOD - 10, wakesIn());
    }

    @Test
    void oneThatIsNotAnsweredIsGivenUpAndItsAnswerDropped() {
        proving();
        pass(CALL - 1);
        assertEquals(List.of(), fire());
        pass(1);
        assertEquals(List.of(overdue(2)), fire());
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(List.of(), tell(new SessionEvent.Ended(2)));
        assertEquals(List.of(), tell(new SessionEvent.Failed(2)));
        long sent = (machine.wakeAtNanos() + MS - 1) / MS;
        assertEquals(List.of(keep(3, true)), wake());
        assertEquals(List.of(), tell(kept(2)));
        pass(5);
        assertEquals(List.of(proven(sent, 5)), tell(kept(3)));
    }

    @Test
    void anAnswerIsTakenOnce() {
        proving();
        tell(kept(2));
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(List.of(), tell(new SessionEvent.Ended(2)));
    }

    // ---- asked for

    @Test
    void whoAsksDoesNotWaitForThePeriod() {
        opened();
        pass(100);
        assertEquals(List.of(), tell(needed(true)));
        assertEquals(List.of(keep(2, true)), tell(asked(START)));
        assertEquals(List.of(proven(START + 100, 0)), tell(kept(2)));
        assertEquals(PERIOD, wakesIn());
    }

    @Test
    void askedForWhatIsProvenAlreadyNothingIsHurried() {
        opened();
        tell(needed(true));
        pass(100);
        assertEquals(List.of(), tell(asked(START - 1)));
        assertEquals(PERIOD - 100, wakesIn());
    }

    @Test
    void whoAsksWhileAKeepAliveWithoutProofIsUnderWayHasOneRightAfterIt() {
        opened();
        wake();
        tell(needed(true));
        assertEquals(List.of(), tell(asked(START)));
        assertEquals(List.of(keep(3, true)), tell(kept(2)));
    }

    @Test
    void whoAsksAfterAFailureWaitsForItsPause() {
        proving();
        tell(new SessionEvent.Failed(2));
        long pause = wakesIn();
        assertEquals(List.of(), tell(asked(START)));
        assertEquals(pause, wakesIn());
    }

    @Test
    void whoNeedsNoProofAnyMoreLeavesNoHasteBehind() {
        proving();
        tell(asked(START));
        tell(needed(false));
        tell(new SessionEvent.Ended(7));
        assertEquals(List.of(proven(START + PERIOD, 0)), tell(kept(2)));
        assertEquals(List.of(keep(3, false)), wake());
        tell(needed(true));
        tell(asked(START + PERIOD));
        tell(needed(false));
        assertEquals(List.of(), tell(kept(3)));
        assertEquals(DEADLINE / 3, wakesIn());
        assertEquals(List.of(), tell(asked(now)));
        assertEquals(DEADLINE / 3, wakesIn());
    }

    // ---- the end

    @Test
    void anEndIsToldAndAnotherSessionIsOpenedAfterAPause() {
        proving();
        assertEquals(List.of(new SessionAction.TellEnded("S")), tell(new SessionEvent.Ended(2)));
        assertTrue(wakesIn() > 0 && wakesIn() <= PERIOD / 8, "in " + wakesIn());
        assertEquals(List.of(open(3)), wake());
        assertEquals(List.of(new SessionAction.TellOpened("T", now * MS, 0)), tell(new SessionEvent.Opened(3, "T")));
        assertEquals(PERIOD, wakesIn());
    }

    @Test
    void sessionsThatEndAtOnceAreOpenedWithPausesThatGrow() {
        tell(wanted(true));
        tell(needed(true));
        long call = 1;
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            tell(new SessionEvent.Opened(call, "S" + i));
            tell(asked(now));
            call++;
            tell(kept(call));
            tell(asked(now));
            call++;
            assertEquals(List.of(new SessionAction.TellEnded("S" + i)), tell(new SessionEvent.Ended(call)));
            shortest = wakesIn();
            wake();
            call++;
        }
        assertTrue(shortest >= PERIOD / 2, "at last " + shortest);
    }

    @Test
    void oneThatWasAliveForAPeriodIsReplacedSoon() {
        tell(wanted(true));
        for (long call = 1; call <= 5; call++) {
            tell(new SessionEvent.Failed(call));
            wake();
        }
        tell(new SessionEvent.Opened(6, "S"));
        tell(needed(true));
        wake();
        tell(kept(7));
        wake();
        assertEquals(List.of(new SessionAction.TellEnded("S")), tell(new SessionEvent.Ended(8)));
        assertTrue(wakesIn() <= PERIOD / 8, "in " + wakesIn());
    }

    @Test
    void theAnswerToAKeepAliveOfTheOldSessionIsNotTakenForOneOfTheNew() {
        proving();
        assertEquals(List.of(unwanted(2), new SessionAction.TellGivenUp("S")), tell(new SessionEvent.GivenUp("S")));
        wake();
        tell(new SessionEvent.Opened(3, "T"));
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(List.of(), tell(new SessionEvent.Ended(2)));
        assertEquals(List.of(keep(4, true)), wake());
    }

    @Test
    void oneThatIsGivenUpIsNotEndedButLeftToLapse() {
        opened();
        assertEquals(List.of(), tell(new SessionEvent.GivenUp("another")));
        assertEquals(List.of(new SessionAction.TellGivenUp("S")), tell(new SessionEvent.GivenUp("S")));
        assertEquals(List.of(), tell(new SessionEvent.GivenUp("S")));
        assertEquals(List.of(), tell(wanted(false)));
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
    }

    @Test
    void whoeverLeavesLastEndsIt() {
        opened();
        assertEquals(List.of(new SessionAction.End("S")), tell(wanted(false)));
        assertEquals(List.of(), tell(wanted(false)));
        assertEquals(ElectionMachine.NEVER, machine.wakeAtNanos());
        assertEquals(List.of(open(2)), tell(wanted(true)));
    }

    @Test
    void whoeverLeavesWhileItIsKeptAliveGivesThatUpAndEndsIt() {
        proving();
        assertEquals(List.of(unwanted(2), new SessionAction.End("S")), tell(wanted(false)));
        assertEquals(List.of(), tell(kept(2)));
        assertEquals(List.of(), tell(new SessionEvent.Ended(2)));
    }

    @Test
    void nothingOfTheOldSessionHurriesTheNew() {
        proving();
        tell(asked(now));
        tell(new SessionEvent.Failed(2));
        tell(wanted(false));
        tell(wanted(true));
        tell(new SessionEvent.Opened(3, "T"));
        assertEquals(PERIOD, wakesIn());
    }

    @Test
    void timeDoesNotGoBack() {
        opened();
        now--;
        assertThrows(InvariantBrokenException.class, this::fire);
    }

    @Test
    void itNeverWantsToBeWokenInThePast() {
        SplittableRandom random = new SplittableRandom(7);
        List<SessionAction> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long call = 1 + random.nextInt(2 + all.size() / 2);
            pass(random.nextInt(4) == 0 ? random.nextInt(4_000) : 0);
            SessionEvent event = switch (random.nextInt(9)) {
                case 0 -> wanted(random.nextInt(4) != 0);
                case 1 -> needed(random.nextBoolean());
                case 2 -> asked(now - random.nextInt(100));
                case 3 -> new SessionEvent.GivenUp("S" + call);
                case 4 -> new SessionEvent.Opened(call, "S" + call);
                case 5 -> kept(call);
                case 6 -> new SessionEvent.Ended(call);
                case 7 -> new SessionEvent.Failed(call);
                default -> new SessionEvent.TimerFired();
            };
            all.addAll(tell(event));
            assertTrue(machine.wakeAtNanos() > now * MS, "after " + event);
        }
    }
}
