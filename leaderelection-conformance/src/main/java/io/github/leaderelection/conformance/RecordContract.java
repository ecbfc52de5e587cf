package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every field of the record comes back as it was written, whether by a create or by an update. */
abstract class RecordContract extends Contract {

    private static final Optional<Instant> SOME_TIME = Optional.of(Instant.parse("2026-11-22T07:24:54.924100Z"));

    private void assertComesBack(LeaderElectionRecord record) {
        ResourceLock creator = open("creator");
        LockVersion created = create(creator, record);
        assertEquals(record, readPresent(open("reader")).record(), "as created");
        LockVersion between = update(creator, heldBy("somebody else", 99), created);
        update(creator, record, between);
        assertEquals(record, readPresent(open("reader")).record(), "as updated");
    }

    private static LeaderElectionRecord withTimes(Optional<Instant> acquired, Optional<Instant> renewed) {
        return new LeaderElectionRecord("a", Duration.ofSeconds(15), acquired, renewed, 0);
    }

    private static LeaderElectionRecord withLease(Duration lease) {
        return new LeaderElectionRecord("a", lease, SOME_TIME, SOME_TIME, 0);
    }

    @Test
    final void aPlainIdentityComesBack() {
        assertComesBack(heldBy("host-1_5f3a.example.org"));
    }

    @Test
    final void anIdentityInManyScriptsComesBack() {
        assertComesBack(heldBy("Zürich-東京-Καλημέρα-שלום-👩‍🚀"));
    }

    @Test
    final void anIdentityWithQuotesAndBackslashesComesBack() {
        assertComesBack(heldBy("a \"quoted\" 'name' \\ {\"spec\":null} \\u0041 </script> %s ${x}"));
    }

    @Test
    final void anIdentityWithSpacesAndLineBreaksComesBack() {
        assertComesBack(heldBy(" leading, trailing, tab\t, line\nfeed, carriage\rreturn "));
    }

    @Test
    final void aLongIdentityComesBack() {
        assertComesBack(heldBy("x".repeat(1000)));
    }

    @Test
    final void anEmptyHolderComesBackAsNobody() {
        assertComesBack(heldBy(""));
    }

    @Test
    final void timesComeBackToTheMicrosecond() {
        assertComesBack(withTimes(
                Optional.of(Instant.parse("2026-01-01T00:00:00.000001Z")),
                Optional.of(Instant.parse("2026-12-31T23:59:59.999999Z"))));
    }

    @Test
    final void timesOnTheFullSecondComeBack() {
        assertComesBack(withTimes(
                Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                Optional.of(Instant.parse("2024-02-29T12:30:00Z"))));
    }

    @Test
    final void theTwoTimesAreNotMixedUp() {
        assertComesBack(withTimes(
                Optional.of(Instant.parse("2026-01-01T00:00:00.000001Z")),
                Optional.of(Instant.parse("2026-01-01T00:00:00.000002Z"))));
    }

    @Test
    final void absentTimesComeBackAsAbsent() {
        assertComesBack(withTimes(Optional.empty(), Optional.empty()));
    }

    @Test
    final void oneAbsentTimeComesBackAsAbsent() {
        assertComesBack(withTimes(SOME_TIME, Optional.empty()));
    }

    @Test
    final void theShortestLeaseOfAllLocksComesBack() {
        assertComesBack(withLease(Duration.ofSeconds(1)));
    }

    @Test
    final void aLeaseOfADayComesBack() {
        assertComesBack(withLease(Duration.ofDays(1)));
    }

    @Test
    final void theCountOfTransitionsComesBack() {
        assertComesBack(heldBy("a", 1_234_567));
    }

    @Test
    final void theGreatestCountOfTransitionsComesBack() {
        assertComesBack(heldBy("a", Integer.MAX_VALUE));
    }

    /** A record that declares less than its holder counts on lets another one in too early. */
    @Test
    final void aLeaseThatIsTooFineIsRefusedOrKeptAndNeverRounded() {
        ResourceLock lock = open("a");
        Duration granularity = lock.capabilities().leaseGranularity();
        LeaderElectionRecord record = withLease(Duration.ofSeconds(15).plus(granularity.dividedBy(2)));
        try {
            create(lock, record);
        } catch (IllegalArgumentException refused) {
            assertEquals(Optional.empty(), read(lock));
            LockVersion version = create(lock, heldBy("a"));
            assertThrows(IllegalArgumentException.class, () -> lock.update(record, version));
            assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(lock));
            return;
        }
        assertEquals(record, readPresent(open("b")).record());
    }
}
