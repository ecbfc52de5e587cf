package io.github.leaderelection.core.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Elections in virtual time, with fresh seeds each time. {@code -Dsim.seed=N} plays that seed alone, {@code -Dsim.seeds=N} as many
 * as that, {@code -Dsim.hours=H} for so many hours each on average; {@code scripts/simulate} does the same from the command line.
 */
final class SimTests {

    private static final double HOURS = Double.parseDouble(System.getProperty("sim.hours", SimMain.HOURS));

    @Test
    void everyPromiseHoldsThroughWhateverTroubleASeedBrings() throws InterruptedException {
        Long replay = Long.getLong("sim.seed");
        long base = replay != null ? replay : ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
        long seeds = replay != null ? 1 : Long.getLong("sim.seeds", 1200);
        System.out.println("simulated seeds from " + base + ", -Dsim.seed=N replays one");
        SimRun run = new SimRun(HOURS, Weather.Rates.WITHIN);
        Totals totals = Totals.play(run, base, seeds, 2);
        System.out.print(totals);
        if (!totals.failed().isEmpty()) {
            fail(run.explain(totals.failed().get(0)));
        }
        assertEquals(0, totals.overlaps, "overlaps");
        assertTrue(replay != null || totals.tenures > seeds, "too quiet to prove anything");
    }

    @Test
    void aSeedPlaysTheSameToTheLastLetterEachTime() {
        SimRun run = new SimRun(5, Weather.Rates.WITHIN);
        for (long seed = 1; seed <= 40; seed++) {
            String first = run.transcript(seed);
            assertTrue(first.length() > 1000, "nothing happens in seed " + seed);
            assertEquals(first, run.transcript(seed), "seed " + seed);
        }
    }

    @Test
    void aSeedTakesTheSameStepsWhetherItsTranscriptIsWantedOrNot() {
        SimRun run = new SimRun(5, Weather.Rates.WITHIN);
        for (long seed = 1; seed <= 40; seed++) {
            long silent = run.play(seed).simulation().steps();
            assertEquals(silent, run.play(seed, new Transcript()).simulation().steps(), "seed " + seed);
        }
    }

    /** Exclusivity hangs on the rates of the clocks; the order of tokens, and what a register makes of it, do not. */
    @Test
    void clocksBeyondTheBoundMakeTwoLeadersButNeverPutTokensOutOfOrder() throws InterruptedException {
        long base = ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
        SimRun run = new SimRun(HOURS, Weather.Rates.BEYOND);
        Totals totals = Totals.play(run, base, 300, 2);
        System.out.print("beyond the bound, seeds from " + base + ": " + totals);
        if (!totals.failed().isEmpty()) {
            fail(run.explain(totals.failed().get(0)));
        }
        assertTrue(totals.overlaps > 0, "the harness sees no overlap, though clocks are beyond the bound");
    }

    @Test
    void aViolationIsTraceable() {
        SimRun run = new SimRun(5, Weather.Rates.WITHIN);
        String text = run.explain(1);
        assertTrue(text.contains("seed 1 at "), text);
        assertTrue(text.contains("|="), "a timeline with a leader: " + text);
        assertTrue(text.contains("scripts/simulate --seed 1 --hours 5.0 --transcript"), text);
    }
}
