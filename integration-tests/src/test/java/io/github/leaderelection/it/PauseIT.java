package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine;
import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.it.Register.Offer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes that are stopped, and go on later as if nothing had happened. */
class PauseIT extends ElectionScenario {

    private static final int ROUNDS = 5;

    /**
     * The promise is 50 ms; the sending of the signal, by a process of its own, is measured with it. Far below every duration
     * of the election all the same.
     */
    private static final long REPORTED_WITHIN_MILLIS = 250;

    /** Pain 1. */
    @Test
    void aLeaderThatIsPausedPastItsLeaseNeverActsAgainAndSaysSoAtOnce() {
        Backend backend = open();
        Register register = closing(new Register());
        Candidates candidates = candidates(Timing.QUICK);
        candidates.startWriting("a", register, backend.settings());
        candidates.startWriting("b", register, backend.settings());
        List<Long> delays = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            Tenure paused = candidates.awaitTenure(round);
            register.awaitWriteOf(paused.token());
            paused.candidate().pause();
            Tenure next = candidates.awaitTenure(round + 1);
            register.awaitWriteOf(next.token());
            long resumedMillis = System.currentTimeMillis();
            delays.add(resume(paused, next) - resumedMillis);
            assertNotValidAfter(resumedMillis, paused, register);
        }

        new Figures(kind + ", from SIGCONT to STOPPED of a leader at work", delays)
                .assertMedianBelow(REPORTED_WITHIN_MILLIS);
        assertOneWriterAtATime(register.offers());
    }

    /** Pain 1: the program that is shipped, where nobody asks whether the tenure is valid. */
    @Test
    void campaignSaysFirstOfAllThatItLeadsNoMoreWhenItIsPausedPastItsLease() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        startMany(candidates, 2, backend.settings());
        List<Long> delays = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            Tenure paused = candidates.awaitTenure(round);
            paused.candidate().pause();
            Tenure next = candidates.awaitTenure(round + 1);
            long resumedMillis = System.currentTimeMillis();
            delays.add(resume(paused, next) - resumedMillis);
        }

        new Figures(kind + ", from SIGCONT to STOPPED of campaign", delays).assertMedianBelow(REPORTED_WITHIN_MILLIS);
    }

    /** Pain 1. */
    @Test
    void aLonelyLeaderThatIsPausedPastItsLeaseLosesItsTenureAndBeginsAnother() {
        Backend backend = open();
        Register register = closing(new Register());
        Candidates candidates = candidates(Timing.QUICK);
        CandidateProcess lonely = candidates.startWriting("a", register, backend.settings());
        long token = lonely.await(Event.STARTED).token();
        register.awaitWriteOf(token);
        lonely.pause();
        Waits.letPass(Timing.QUICK.lease().multipliedBy(2));
        int printed = lonely.events().size();
        long resumedMillis = System.currentTimeMillis();
        lonely.resume();

        assertEquals(Event.STOPPED, lonely.await(printed, line -> true).event(), lonely::describe);
        long next = candidates.awaitTenure(2).token();
        register.awaitWriteOf(next);
        assertTrue(
                register.offers().stream()
                        .noneMatch(offer -> offer.token() == token && offer.askedMillis() > resumedMillis),
                register::toString);
        Tenure.assertOrdered(candidates.tenures());
    }

    /** Its first line says that it leads no more; returns when it said so. */
    private static long resume(Tenure paused, Tenure next) {
        CandidateProcess process = paused.candidate();
        int printed = process.events().size();
        process.resume();
        EventLine first = process.await(printed, line -> true);
        assertEquals(Event.STOPPED, first.event(), process::describe);
        assertEquals(paused.token(), first.token());
        assertTrue(next.token() > paused.token());
        EventLine seen = process.await(printed, line -> line.event() == Event.NEWLEADER);
        assertEquals(next.candidate().id(), seen.field("leader"));
        return first.unixMillis();
    }

    private static void assertNotValidAfter(long resumedMillis, Tenure paused, Register register) {
        for (Offer offer : register.offers()) {
            assertTrue(
                    offer.token() != paused.token() || offer.askedMillis() <= resumedMillis,
                    () -> "it was told after SIGCONT at " + resumedMillis + " that it leads: " + offer);
        }
    }

    /** The last time at which an old token was told that it leads comes before the first of the next. */
    private static void assertOneWriterAtATime(List<Offer> offers) {
        List<Long> tokens =
                offers.stream().map(Offer::token).distinct().sorted().toList();
        assertEquals(ROUNDS + 1, tokens.size(), "tokens that wrote");
        for (int i = 1; i < tokens.size(); i++) {
            long older = tokens.get(i - 1);
            long newer = tokens.get(i);
            long last = offers.stream()
                    .filter(offer -> offer.token() == older)
                    .mapToLong(Offer::askedMillis)
                    .max()
                    .orElseThrow();
            long first = offers.stream()
                    .filter(offer -> offer.token() == newer)
                    .mapToLong(Offer::askedMillis)
                    .min()
                    .orElseThrow();
            assertTrue(last <= first, "token " + older + " was valid at " + last + ", " + newer + " at " + first);
        }
    }
}
