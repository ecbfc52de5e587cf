package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
}
