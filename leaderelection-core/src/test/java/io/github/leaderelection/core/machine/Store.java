package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A linearizable store of one record, in virtual time: what it is asked, it answers at once. */
final class Store {

    /** A version of this store. */
    record Version(long order) implements LockVersion {
        @Override
        public String toString() {
            return "v" + order;
        }
    }

    private Optional<LockSnapshot> snapshot = Optional.empty();
    private boolean malformed;
    private long order;
    private final List<Consumer<Seen>> watchers = new ArrayList<>();

    Seen seen() {
        return malformed
                ? new Seen.Malformed()
                : snapshot.<Seen>map(Seen.Present::new).orElseGet(Seen.Absent::new);
    }

    Optional<LockVersion> create(LeaderElectionRecord record) {
        return malformed || snapshot.isPresent() ? Optional.empty() : Optional.of(put(record));
    }

    Optional<LockVersion> update(LeaderElectionRecord record, LockVersion expected) {
        boolean matches =
                snapshot.map(LockSnapshot::version).filter(expected::equals).isPresent();
        return malformed || !matches ? Optional.empty() : Optional.of(put(record));
    }

    /** Writes without a compare: an outsider's doing. */
    LockVersion put(LeaderElectionRecord record) {
        Version version = new Version(++order);
        malformed = false;
        snapshot = Optional.of(new LockSnapshot(record, version));
        changed();
        return version;
    }

    void delete() {
        order++;
        malformed = false;
        snapshot = Optional.empty();
        changed();
    }

    void corrupt() {
        order++;
        malformed = true;
        snapshot = Optional.empty();
        changed();
    }

    /** Loses all data, and counts from the beginning. */
    void wipe() {
        delete();
        order = 0;
    }

    void watch(Consumer<Seen> watcher) {
        watchers.add(watcher);
    }

    void unwatch(Consumer<Seen> watcher) {
        watchers.remove(watcher);
    }

    private void changed() {
        Seen seen = seen();
        List.copyOf(watchers).forEach(watcher -> watcher.accept(seen));
    }
}
