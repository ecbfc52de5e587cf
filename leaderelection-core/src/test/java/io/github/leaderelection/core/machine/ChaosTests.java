package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * The machine under random trouble. A violation prints its seed; {@code -Dchaos.seed=N} replays that one alone, and
 * {@code -Dchaos.seeds=N} plays more.
 */
final class ChaosTests {

    private static final int SECONDS = 240;

    @Test
    void atMostOneLeadsAndTokensIncreaseThroughLossPauseCrashAndOutage() {
        play(false);
    }

    /** An outsider's deletion takes the lease from under a leader that newcomers know nothing of: tokens only. */
    @Test
    void noTokenIsGivenTwiceAndTheElectionGoesOnThoughOutsidersDeleteAndCorruptTheRecord() {
        play(true);
    }

    private static void play(boolean outsiders) {
        Long replay = Long.getLong("chaos.seed");
        long base = replay != null ? replay : ThreadLocalRandom.current().nextLong(1_000_000_000L);
        int seeds = replay != null ? 1 : Integer.getInteger("chaos.seeds", 400);
        int tenures = 0;
        for (int i = 0; i < seeds; i++) {
            Chaos chaos = new Chaos(base + i, outsiders);
            chaos.play(SECONDS);
            tenures += chaos.tenures;
        }
        System.out.println("chaos: seeds " + base + " to " + (base + seeds - 1) + ", " + seeds * SECONDS
                + " s of trouble, " + tenures + " tenures");
        assertTrue(replay != null || tenures > seeds, "too quiet to prove anything: " + tenures + " tenures");
    }
}
