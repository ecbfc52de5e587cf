package io.github.leaderelection.conformance;

import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;

/**
 * The suite over a flawed lock, one class for each flaw. These are meant to fail, so their names keep them from being run
 * by themselves.
 */
abstract class FlawedLockConformance extends ResourceLockConformance {

    private static final Set<Flaw> WAITING_OFTEN_IN_VAIN =
            Set.of(Flaw.WATCH_LAGS, Flaw.LOSES_MICROSECONDS, Flaw.SESSION_WATCH_NEVER_TELLS);

    private static final Set<Flaw> WAITING_IN_VAIN =
            Set.of(Flaw.WATCH_MISSES_DELETIONS, Flaw.WORKS_AFTER_CLOSE, Flaw.SESSIONS_NEVER_LAPSE);

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
        if (!Collections.disjoint(flaws, WAITING_OFTEN_IN_VAIN)) {
            return Duration.ofMillis(200);
        }
        boolean waitsInVain = !Collections.disjoint(flaws, WAITING_IN_VAIN);
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

    static final class WithLooksThatLag extends FlawedLockConformance {
        WithLooksThatLag() {
            super(Flaw.LOOKS_LAG);
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

    static final class WithSessionsDropped extends FlawedLockConformance {
        WithSessionsDropped() {
            super(Flaw.DROPS_SESSIONS);
        }
    }

    static final class WithSuccessorsDropped extends FlawedLockConformance {
        WithSuccessorsDropped() {
            super(Flaw.DROPS_SUCCESSORS);
        }
    }

    static final class WithSessionsThatNeverLapse extends FlawedLockConformance {
        WithSessionsThatNeverLapse() {
            super(Flaw.SESSIONS_NEVER_LAPSE);
        }
    }

    static final class WithSessionsThatEndEarly extends FlawedLockConformance {
        WithSessionsThatEndEarly() {
            super(Flaw.SESSIONS_END_EARLY);
        }
    }

    static final class WithSessionIdsThatComeBack extends FlawedLockConformance {
        WithSessionIdsThatComeBack() {
            super(Flaw.SESSION_IDS_COME_BACK);
        }
    }

    static final class WithEndedSessionsKept extends FlawedLockConformance {
        WithEndedSessionsKept() {
            super(Flaw.KEEPS_WHAT_HAS_ENDED);
        }
    }

    static final class WithKeepAlivesThatKeepNothing extends FlawedLockConformance {
        WithKeepAlivesThatKeepNothing() {
            super(Flaw.KEEP_ALIVE_KEEPS_NOTHING);
        }
    }

    static final class WithASessionWatchThatNeverTells extends FlawedLockConformance {
        WithASessionWatchThatNeverTells() {
            super(Flaw.SESSION_WATCH_NEVER_TELLS);
        }
    }

    static final class WithASessionWatchThatTellsTwice extends FlawedLockConformance {
        WithASessionWatchThatTellsTwice() {
            super(Flaw.SESSION_WATCH_TELLS_TWICE);
        }
    }

    static final class WithASessionWatchThatGuesses extends FlawedLockConformance {
        WithASessionWatchThatGuesses() {
            super(Flaw.SESSION_WATCH_GUESSES);
        }
    }

    static final class WithASessionWatchThatCannotBeClosed extends FlawedLockConformance {
        WithASessionWatchThatCannotBeClosed() {
            super(Flaw.SESSION_WATCH_CANNOT_BE_CLOSED);
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
        public ResourceLock openOfSameClient(ResourceLock lock, String election) {
            return open(election, lock.identity());
        }

        @Override
        public Duration sessionLease() {
            return Duration.ofMillis(300);
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
