package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LeaderElectionRecordTests {

    private static LeaderElectionRecord record(String holder, Duration lease, int transitions) {
        return new LeaderElectionRecord(holder, lease, Optional.empty(), Optional.empty(), transitions);
    }

    @Test
    void aRecordWithoutAHolderHasNone() {
        assertFalse(record("", Duration.ofSeconds(1), 3).hasHolder());
        assertTrue(record("a", Duration.ofSeconds(15), 0).hasHolder());
    }

    @Test
    void timesAreCutToTheMicrosecondSoThatARecordReadBackEqualsTheOneWritten() {
        Instant fine = Instant.parse("2026-11-22T07:24:54.924100999Z");
        Instant cut = Instant.parse("2026-11-22T07:24:54.924100Z");

        LeaderElectionRecord record =
                new LeaderElectionRecord("a", Duration.ofSeconds(15), Optional.of(fine), Optional.of(fine), 0);

        assertEquals(Optional.of(cut), record.acquireTime());
        assertEquals(Optional.of(cut), record.renewTime());
    }

    @Test
    void aLeaseOfZeroIsAllowedBecauseOthersMayHaveWrittenIt() {
        assertEquals(Duration.ZERO, record("a", Duration.ZERO, 0).leaseDuration());
    }

    @Test
    void negativeFieldsAreRefused() {
        assertEquals(
                "leaseDuration must not be negative, but is PT-1S",
                assertThrows(IllegalArgumentException.class, () -> record("a", Duration.ofSeconds(-1), 0))
                        .getMessage());
        assertEquals(
                "leaderTransitions must not be negative, but is -1",
                assertThrows(IllegalArgumentException.class, () -> record("a", Duration.ofSeconds(1), -1))
                        .getMessage());
    }

    @Test
    void whoeverIsEnteredAsTheSuccessorTheRestOfTheRecordStays() {
        LeaderElectionRecord held = new LeaderElectionRecord(
                "a", Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0, Optional.of("7f"));
        Successor next = new Successor("b", Duration.ofSeconds(15), "80", "claim");
        LeaderElectionRecord entered = held.withSuccessor(Optional.of(next));

        assertEquals(Optional.of(next), entered.successor());
        assertEquals(held, entered.withSuccessor(Optional.empty()));
        assertSame(entered, entered.withSuccessor(Optional.of(next)));
        assertSame(held, held.withSuccessor(Optional.empty()));
    }

    @Test
    void aSuccessorOrAClaimWithoutASessionIsRefused() {
        LeaderElectionRecord renewed = record("a", Duration.ofSeconds(15), 0);
        Optional<Successor> next = Optional.of(new Successor("b", Duration.ofSeconds(15), "80", "claim"));
        Exception refused = assertThrows(IllegalArgumentException.class, () -> renewed.withSuccessor(next));
        assertTrue(String.valueOf(refused.getMessage()).contains("belong to a session"), refused.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new LeaderElectionRecord(
                        "a",
                        Duration.ofSeconds(15),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.of("claim"),
                        Optional.empty()));
    }

    @Test
    void aSuccessorNamesAllThatTheNextRecordHasToName() {
        Duration lease = Duration.ofSeconds(15);
        for (Executable incomplete : List.<Executable>of(
                () -> new Successor("", lease, "80", "claim"),
                () -> new Successor("b", lease, " ", "claim"),
                () -> new Successor("b", lease, "80", ""),
                () -> new Successor("b", Duration.ZERO, "80", "claim"),
                () -> new Successor("b", lease.negated(), "80", "claim"))) {
            assertThrows(IllegalArgumentException.class, incomplete);
        }
    }
}
