package io.github.leaderelection.conformance;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A small store for one flawed kind of lock; without a flaw it is right. */
final class FlawedStore {

    record Version(long order) implements LockVersion {}

    /** One who watches, and what it is yet to be told if its watch lags. */
    static final class Watching {
        private final String election;
        private final LockWatcher watcher;
        private Optional<Runnable> withheld = Optional.empty();

        Watching(String election, LockWatcher watcher) {
            this.election = election;
            this.watcher = watcher;
        }
    }

    private final Set<Flaw> flaws;
    private final FlawedSessions sessions;
    private final Map<String, LockSnapshot> records = new HashMap<>();
    private final Set<String> malformed = new HashSet<>();
    private final List<Watching> watches = new ArrayList<>();
    private long writes;

    FlawedStore(Set<Flaw> flaws) {
        this.flaws = Set.copyOf(flaws);
        this.sessions = new FlawedSessions(this.flaws);
    }

    FlawedSessions sessions() {
        return sessions;
    }

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    synchronized Optional<LockSnapshot> read(String election) {
        if (malformed.contains(election)) {
            if (has(Flaw.FAILURES_WITHOUT_NAME)) {
                throw new IllegalStateException("cannot parse this");
            }
            throw new MalformedRecordException("no record: delete it");
        }
        return Optional.ofNullable(records.get(election));
    }

    /** Writes if the version of the record is the expected one, or if there is none and none is expected. */
    synchronized Optional<LockVersion> write(
            String election, LeaderElectionRecord record, Optional<LockVersion> expected) {
        Optional<LockVersion> present =
                Optional.ofNullable(records.get(election)).map(LockSnapshot::version);
        boolean unreadable = malformed.contains(election) && !has(Flaw.OVERWRITES_MALFORMED);
        if (!has(Flaw.PLAIN_WRITES) && (unreadable || !present.equals(expected))) {
            return Optional.empty();
        }
        malformed.remove(election);
        writes++;
        long order =
                has(Flaw.VERSIONS_COME_BACK) ? present.map(LockVersion::order).orElse(0L) + 1 : writes;
        LockSnapshot written = new LockSnapshot(kept(record), new Version(order));
        records.put(election, written);
        tell(election, watcher -> watcher.onRecord(Optional.of(written)));
        return Optional.of(written.version());
    }

    private LeaderElectionRecord kept(LeaderElectionRecord record) {
        boolean coarse = has(Flaw.LOSES_MICROSECONDS);
        Duration lease = record.leaseDuration();
        boolean sessionless = has(Flaw.DROPS_SESSIONS);
        boolean whole = !sessionless && !has(Flaw.DROPS_SUCCESSORS);
        return new LeaderElectionRecord(
                record.holderIdentity(),
                has(Flaw.ROUNDS_LEASES) ? lease.truncatedTo(ChronoUnit.SECONDS) : lease,
                coarse ? record.acquireTime().map(FlawedStore::toTheSecond) : record.acquireTime(),
                coarse ? record.renewTime().map(FlawedStore::toTheSecond) : record.renewTime(),
                record.leaderTransitions(),
                sessionless ? Optional.empty() : record.session(),
                whole ? record.claim() : Optional.empty(),
                whole ? record.successor() : Optional.empty());
    }

    private static Instant toTheSecond(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    synchronized void delete(String election) {
        boolean wasMalformed = malformed.remove(election);
        boolean wasThere = records.remove(election) != null || wasMalformed;
        if (wasThere && !has(Flaw.WATCH_MISSES_DELETIONS)) {
            tell(election, watcher -> watcher.onRecord(Optional.empty()));
        }
    }

    synchronized void corrupt(String election) {
        if (!has(Flaw.OVERWRITES_MALFORMED)) {
            records.remove(election);
        }
        malformed.add(election);
        tell(election, watcher -> watcher.onMalformed(new MalformedRecordException("no record: delete it")));
    }

    synchronized Watching watch(String election, LockWatcher watcher) {
        Watching watching = new Watching(election, watcher);
        watches.add(watching);
        if (malformed.contains(election)) {
            tellOne(watcher, told -> told.onMalformed(new MalformedRecordException("no record: delete it")));
        } else {
            Optional<LockSnapshot> present = Optional.ofNullable(records.get(election));
            tellOne(watcher, told -> told.onRecord(present));
        }
        return watching;
    }

    synchronized void unwatch(Watching watching) {
        watches.remove(watching);
    }

    private void tell(String election, Consumer<LockWatcher> event) {
        for (Watching watching : List.copyOf(watches)) {
            if (!watching.election.equals(election)) {
                continue;
            }
            Runnable telling = () -> tellOne(watching.watcher, event);
            if (has(Flaw.WATCH_LAGS)) {
                watching.withheld.ifPresent(Runnable::run);
                watching.withheld = Optional.of(telling);
            } else {
                telling.run();
            }
        }
    }

    private static void tellOne(LockWatcher watcher, Consumer<LockWatcher> event) {
        try {
            event.accept(watcher);
        } catch (RuntimeException thrown) {
            System.getLogger(FlawedStore.class.getName()).log(System.Logger.Level.DEBUG, "a watcher threw", thrown);
        }
    }
}
