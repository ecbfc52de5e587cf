package io.github.leaderelection.it.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.it.nemesis.Entry.Believed;
import io.github.leaderelection.it.nemesis.Entry.Callback;
import io.github.leaderelection.it.nemesis.Entry.CalmBegan;
import io.github.leaderelection.it.nemesis.Entry.CalmEnded;
import io.github.leaderelection.it.nemesis.Entry.Cause;
import io.github.leaderelection.it.nemesis.Entry.ClockSeen;
import io.github.leaderelection.it.nemesis.Entry.Ended;
import io.github.leaderelection.it.nemesis.Entry.Offered;
import io.github.leaderelection.it.nemesis.Violation.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories made by hand: one of each kind that must be found, and their neighbours that must not. Times in ns. */
class CheckerTests {

    private final Checker checker = new Checker(Duration.ofNanos(1000));

    private void given(Entry... entries) {
        for (Entry entry : entries) {
            checker.on(entry);
        }
    }

    private void assertFound(Kind... kinds) {
        assertEquals(
                List.of(kinds),
                checker.violations().stream().map(Violation::kind).toList(),
                () -> checker.violations().toString());
    }

    private static ClockSeen clock(String process, long lowest, long highest) {
        return new ClockSeen(process, lowest, highest);
    }

    private static Believed stood(String process, long token, long first, long last) {
        return new Believed(process, token, first, last, 10);
    }

    private static Offered write(String process, long token, long asked, long arrival, boolean accepted) {
        return new Offered(process, process, token, asked, asked + 1, arrival, accepted);
    }

    private static Ended ended(Cause cause, Callback... callbacks) {
        return new Ended("a", cause, List.of(callbacks), 5000);
    }

    private static Callback start(long token) {
        return new Callback(true, token);
    }

    private static Callback stop(long token) {
        return new Callback(false, token);
    }

    @Test
    void aGoodHistoryPassesAndIsCounted() {
        given(clock("a", -5, 5), clock("b", -1000, -980));
        given(write("a", 7, 100, 110, true), stood("a", 7, 101, 500), stood("a", 7, 101, 900));
        given(new CalmBegan(1000), stood("b", 9, 2100, 2900), write("b", 9, 2200, 1300, true));
        given(new CalmEnded(2000), write("a", 7, 890, 2001, false));
        given(ended(Cause.TERMINATED, start(7), stop(7)));

        assertFound();
        assertEquals(2, checker.tenureCount());
        assertEquals(30, checker.asked());
        assertEquals(3, checker.offers());
        assertEquals(1, checker.staleOffers());
        assertEquals(1, checker.refusals());
        assertEquals(1, checker.calms());
        assertEquals(Duration.ofNanos(700), checker.leaderlessLongest());
        assertEquals(Duration.ofNanos(20), checker.widestClockBound());
        assertEquals(0, checker.undecidedTenures());
    }

    @Test
    void twoTenuresAtOneInstantAreFoundOnce() {
        given(clock("a", 0, 0), clock("b", 0, 0), stood("a", 1, 100, 500), stood("b", 2, 499, 800));
        assertFound(Kind.OVERLAP);
        given(stood("b", 2, 499, 900));
        assertFound(Kind.OVERLAP);
    }

    @Test
    void tenuresThatAreFarApartInTokensAreComparedToo() {
        for (String process : List.of("a", "b", "c")) {
            given(clock(process, 0, 0));
        }
        given(stood("a", 1, 100, 1000), stood("b", 2, 1100, 1200), stood("c", 3, 900, 950));
        assertFound(Kind.OVERLAP, Kind.DISORDER);
    }

    @Test
    void anOverlapThatMayLieInTheUncertaintyOfTheClocksIsNone() {
        given(clock("a", -10, 10), clock("b", -10, 10), stood("a", 1, 100, 500), stood("b", 2, 480, 800));
        assertFound();
    }

    @Test
    void anOverlapIsFoundWhenTheBoundsBecomeNarrower() {
        given(clock("a", -10, 10), clock("b", -10, 10), stood("a", 1, 100, 500), stood("b", 2, 480, 800));
        assertFound();
        given(clock("a", -1, 10), clock("b", -10, 1));
        assertFound(Kind.OVERLAP);
    }

    @Test
    void ofClocksWithoutBoundsNothingIsSaid() {
        given(clock("a", 0, 0), stood("a", 1, 100, 500), stood("b", 2, 300, 800));
        assertFound();
        assertEquals(1, checker.undecidedTenures());
    }

    @Test
    void offsetsOfClocksAreTakenIntoAccount() {
        given(clock("a", 0, 0), clock("b", 1000, 1000), stood("a", 1, 100, 500), stood("b", 2, -600, -100));
        assertFound(Kind.OVERLAP);
    }

    @Test
    void whatAWriterFoundCountsAsMuchAsWhatTheAskerFound() {
        given(clock("a", 0, 0), clock("b", 0, 0));
        given(write("a", 1, 100, 200, true), write("b", 2, 150, 210, true), write("b", 2, 250, 260, true));
        given(write("a", 1, 200, 300, false));
        assertFound(Kind.OVERLAP);
    }

    @Test
    void aNewerTokenThatStoodFirstIsFound() {
        given(clock("a", 0, 0), clock("b", 0, 0), stood("a", 2, 100, 500), stood("b", 1, 600, 800));
        assertFound(Kind.DISORDER);
    }

    @Test
    void aTokenOfTwoProcessesIsFound() {
        given(clock("a", 0, 0), clock("b", 0, 0), stood("a", 1, 100, 500), stood("b", 1, 600, 800));
        assertFound(Kind.TOKEN_TWICE);
    }

    @Test
    void aTokenOfTwoTenuresOfOneProcessIsFound() {
        given(ended(Cause.TERMINATED, start(7), stop(7), start(7), stop(7)));
        assertFound(Kind.TOKEN_TWICE);
    }

    @Test
    void tokensOfOneProcessGrow() {
        given(ended(Cause.TERMINATED, start(7), stop(7), start(6), stop(6)));
        assertFound(Kind.DISORDER);
    }

    @Test
    void anAcceptedStaleWriteIsFound() {
        given(write("a", 2, 100, 110, true), write("b", 1, 90, 120, true));
        assertFound(Kind.STALE_ACCEPTED);
    }

    @Test
    void aWriteThatWasRefusedWithoutReasonIsFound() {
        given(write("a", 2, 100, 110, true), write("a", 2, 120, 130, false));
        assertFound(Kind.FRESH_REFUSED);
    }

    @Test
    void nobodyAtAllInACalmIsFound() {
        given(new CalmBegan(1000), new CalmEnded(2001));
        assertFound(Kind.NO_LEADER);
    }

    @Test
    void aWriteThatComesTooLateInACalmIsFound() {
        given(new CalmBegan(1000), write("a", 1, 100, 1500, true), write("a", 1, 100, 2501, true));
        assertFound(Kind.NO_LEADER);
    }

    @Test
    void refusedWritesShowNoLeader() {
        given(write("b", 2, 10, 20, true), new CalmBegan(1000), write("a", 1, 10, 1500, false), new CalmEnded(2001));
        assertFound(Kind.NO_LEADER);
    }

    @Test
    void nobodyNeedLeadOutsideOfACalm() {
        given(new CalmBegan(1000), write("a", 1, 100, 1500, true), new CalmEnded(1600), new CalmBegan(9000));
        given(write("a", 1, 100, 9900, true), new CalmEnded(9950));
        assertFound();
    }

    @Test
    void aStopWithoutAStartIsFound() {
        given(ended(Cause.TERMINATED, start(7), stop(7), stop(7)));
        assertFound(Kind.CALLBACKS);
    }

    @Test
    void aStopOfAnotherTenureIsFound() {
        given(ended(Cause.TERMINATED, start(7), stop(8)));
        assertFound(Kind.CALLBACKS);
    }

    @Test
    void twoStartsInARowAreFound() {
        given(ended(Cause.TERMINATED, start(7), start(8), stop(8)));
        assertFound(Kind.CALLBACKS);
    }

    @Test
    void aStartWithoutAStopIsFoundUnlessTheProcessWasKilled() {
        given(ended(Cause.KILLED, start(7)));
        assertFound();
        given(ended(Cause.TERMINATED, start(7)));
        assertFound(Kind.CALLBACKS);
    }

    @Test
    void candidatesThatEndByThemselvesOrNotAtAllAreFound() {
        given(ended(Cause.BY_ITSELF), ended(Cause.HANGS));
        assertFound(Kind.PROCESS, Kind.PROCESS);
    }

    @Test
    void clocksThatDriftAreFound() {
        given(clock("a", 0, 10), clock("a", 11, 20), clock("a", 12, 20));
        assertFound(Kind.CLOCKS);
    }

    @Test
    void aWriteThatArrivedBeforeItWasMadeShowsAClockThatDrifts() {
        given(clock("a", 0, 10), write("a", 1, 100, 90, true));
        assertFound(Kind.CLOCKS);
    }
}
