package io.github.leaderelection.conformance;

import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Set;

/**
 * The suite over a flawed lock, one class for each flaw. These are meant to fail, so their names keep them from being run
 * by themselves.
 */
abstract class FlawedLockConformance extends ResourceLockConformance {

    private final Set<Flaw> flaws;

    private FlawedLockConformance(Flaw... flaws) {
        this.flaws = Set.of(flaws);
    }

    @Override
    protected LockHarness openHarness() {
        return new Harness(new FlawedStore(flaws), patience());
    }

    /** Short only where a flaw makes the suite wait for what will never come. */
    private Duration patience() {
        if (flaws.contains(Flaw.WATCH_LAGS) || flaws.contains(Flaw.LOSES_MICROSECONDS)) {
            return Duration.ofMillis(200);
        }
        boolean waitsInVain = flaws.contains(Flaw.WATCH_MISSES_DELETIONS) || flaws.contains(Flaw.WORKS_AFTER_CLOSE);
        return Duration.ofSeconds(waitsInVain ? 3 : 30);
    }

    static final class WithoutFlaw extends FlawedLockConformance {}

    static final class WithPlainWrites extends FlawedLockConformance {
        WithPlainWrites() {
            super(Flaw.PLAIN_WRITES);
        }
    }

    static final class WithVersionsThatComeBack extends FlawedLockConformance {
        WithVersionsThatComeBack() {
            super(Flaw.VERSIONS_COME_BACK);
        }
    }

    static final class WithAWatchThatLags extends FlawedLockConformance {
        WithAWatchThatLags() {
            super(Flaw.WATCH_LAGS);
        }
    }

    static final class WithAWatchThatMissesDeletions extends FlawedLockConformance {
        WithAWatchThatMissesDeletions() {
            super(Flaw.WATCH_MISSES_DELETIONS);
        }
    }

    static final class WithMalformedRecordsOverwritten extends FlawedLockConformance {
        WithMalformedRecordsOverwritten() {
            super(Flaw.OVERWRITES_MALFORMED);
        }
    }

    static final class WithFailuresWithoutName extends FlawedLockConformance {
        WithFailuresWithoutName() {
            super(Flaw.FAILURES_WITHOUT_NAME);
        }
    }

    static final class WithWorkAfterClose extends FlawedLockConformance {
        WithWorkAfterClose() {
            super(Flaw.WORKS_AFTER_CLOSE);
        }
    }

    static final class WithMicrosecondsLost extends FlawedLockConformance {
        WithMicrosecondsLost() {
            super(Flaw.LOSES_MICROSECONDS);
        }
    }

    static final class WithLeasesRounded extends FlawedLockConformance {
        WithLeasesRounded() {
            super(Flaw.ROUNDS_LEASES);
        }
    }

    private record Harness(FlawedStore store, Duration patience) implements LockHarness {

        @Override
        public ResourceLock open(String election, String identity) {
            return new FlawedLock(store, election, identity);
        }

        @Override
        public void delete(String election) {
            store.delete(election);
        }

        @Override
        public void corrupt(String election) {
            store.corrupt(election);
        }

        @Override
        public int raceRounds() {
            return 50;
        }

        @Override
        public void close() {
            // The store is memory alone.
        }
    }
}
