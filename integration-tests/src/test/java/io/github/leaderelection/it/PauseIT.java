package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine;
import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.it.Register.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes that are stopped, and go on later as if nothing had happened. */
class PauseIT extends ElectionScenario {

    private static final int ROUNDS = 5;

    /** Far above what is measured on an idle machine, and far below every duration of the election. */
    private static final Duration REPORTED_WITHIN = Duration.ofSeconds(1);

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
            delays.add(pauseLeader(candidates, register, round));
        }

        Collections.sort(delays);
        System.out.println("From SIGCONT to STOPPED: " + delays + " ms");
        assertTrue(delays.get(ROUNDS / 2) < REPORTED_WITHIN.toMillis(), "reported late: " + delays);
        assertOneWriterAtATime(register.offers());
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

    /** Returns for how long after SIGCONT the loss was not reported. */
    private static long pauseLeader(Candidates candidates, Register register, int round) {
        Tenure paused = candidates.awaitTenure(round);
        register.awaitWriteOf(paused.token());
        CandidateProcess process = paused.candidate();
        process.pause();
        Tenure next = candidates.awaitTenure(round + 1);
        register.awaitWriteOf(next.token());
        int printed = process.events().size();
        long resumedMillis = System.currentTimeMillis();
        process.resume();

        EventLine first = process.await(printed, line -> true);
        assertEquals(Event.STOPPED, first.event(), process::describe);
        assertEquals(paused.token(), first.token());
        assertTrue(next.token() > paused.token());
        EventLine seen = process.await(printed, line -> line.event() == Event.NEWLEADER);
        assertEquals(next.candidate().id(), seen.field("leader"));
        for (Offer offer : register.offers()) {
            assertTrue(
                    offer.token() != paused.token() || offer.askedMillis() <= resumedMillis,
                    () -> "it was told after SIGCONT at " + resumedMillis + " that it leads: " + offer);
        }
        return first.unixMillis() - resumedMillis;
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
