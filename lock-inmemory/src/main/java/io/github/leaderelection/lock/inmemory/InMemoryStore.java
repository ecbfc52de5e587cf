package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.WriteResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The records of all elections of a space, and the watches over them. Changes are made, and queued for the watches, under
 * one monitor; the watches tell them after it was left.
 */
final class InMemoryStore {

    /** What stands in the place of a record; without one if it is nothing that can be read. */
    private record Entry(Optional<LeaderElectionRecord> record, InMemoryVersion version) {}

    /** This and all below guarded by this object's monitor. */
    private final Map<String, Entry> entries = new HashMap<>();

    /** By election, so that a write costs what its own watches cost, however many elections there are. */
    private final Map<String, List<InMemoryWatch>> watches = new HashMap<>();

    private final Set<String> silencedIdentities = new HashSet<>();
    private long revision;

    /** Throws {@link MalformedRecordException} if what stands there cannot be read. */
    synchronized Optional<LockSnapshot> read(String election) {
        Optional<Entry> entry = Optional.ofNullable(entries.get(election));
        if (entry.isPresent() && entry.get().record().isEmpty()) {
            throw malformed(election);
        }
        return entry.flatMap(InMemoryStore::snapshot);
    }

    WriteResult create(String election, LeaderElectionRecord record) {
        return writeIf(election, Optional::isEmpty, record);
    }

    WriteResult update(String election, LeaderElectionRecord record, LockVersion expected) {
        return writeIf(election, present -> present.map(Entry::version).stream().anyMatch(expected::equals), record);
    }

    private WriteResult writeIf(String election, Predicate<Optional<Entry>> expected, LeaderElectionRecord record) {
        InMemoryVersion version;
        synchronized (this) {
            if (!expected.test(Optional.ofNullable(entries.get(election)))) {
                return WriteResult.conflict();
            }
            version = write(election, Optional.of(record));
        }
        deliver(election);
        return WriteResult.written(version);
    }

    /** Writes without asking what was there; without a record, something that cannot be read. */
    void put(String election, Optional<LeaderElectionRecord> record) {
        synchronized (this) {
            write(election, record);
        }
        deliver(election);
    }

    void delete(String election) {
        synchronized (this) {
            if (entries.remove(election) != null) {
                revision++;
                offerState(election);
            }
        }
        deliver(election);
    }

    private InMemoryVersion write(String election, Optional<LeaderElectionRecord> record) {
        InMemoryVersion version = new InMemoryVersion(++revision);
        entries.put(election, new Entry(record, version));
        offerState(election);
        return version;
    }

    /** Opens a watch, which first tells the present state. */
    InMemoryWatch watch(InMemoryLock owner, LockWatcher watcher, boolean lost) {
        InMemoryWatch watch;
        synchronized (this) {
            boolean silent = lost || silencedIdentities.contains(owner.identity());
            watch = new InMemoryWatch(owner, watcher, silent, this::forget);
            watches.computeIfAbsent(owner.election(), first -> new ArrayList<>())
                    .add(watch);
            watch.offer(state(owner.election()));
        }
        watch.deliver();
        return watch;
    }

    private synchronized void forget(InMemoryWatch watch) {
        String election = watch.owner().election();
        List<InMemoryWatch> others = watches.get(election);
        if (others != null && others.remove(watch) && others.isEmpty()) {
            watches.remove(election);
        }
    }

    void cutWatches(String identity, LockException cause) {
        for (InMemoryWatch watch : watchesOf(identity)) {
            watch.breakWith(cause);
            watch.deliver();
        }
    }

    synchronized void silenceWatches(String identity) {
        silencedIdentities.add(identity);
        watchesOf(identity).forEach(InMemoryWatch::silence);
    }

    void resumeWatches(String identity) {
        List<InMemoryWatch> resumed;
        synchronized (this) {
            silencedIdentities.remove(identity);
            resumed = watchesOf(identity);
            for (InMemoryWatch watch : resumed) {
                if (watch.resume()) {
                    watch.offer(state(watch.owner().election()));
                }
            }
        }
        resumed.forEach(InMemoryWatch::deliver);
    }

    void endWatches(InMemoryLock owner) {
        watchesOver(owner.election()).stream()
                .filter(watch -> watch.owner() == owner)
                .forEach(InMemoryWatch::close);
    }

    private synchronized List<InMemoryWatch> watchesOf(String identity) {
        return watches.values().stream()
                .flatMap(List::stream)
                .filter(watch -> watch.owner().identity().equals(identity))
                .toList();
    }

    private synchronized List<InMemoryWatch> watchesOver(String election) {
        return List.copyOf(watches.getOrDefault(election, List.of()));
    }

    private void deliver(String election) {
        watchesOver(election).forEach(InMemoryWatch::deliver);
    }

    private void offerState(String election) {
        Consumer<LockWatcher> state = state(election);
        watchesOver(election).forEach(watch -> watch.offer(state));
    }

    /** What a watch tells about the present state. */
    private Consumer<LockWatcher> state(String election) {
        Optional<Entry> entry = Optional.ofNullable(entries.get(election));
        if (entry.isPresent() && entry.get().record().isEmpty()) {
            return watcher -> watcher.onMalformed(malformed(election));
        }
        Optional<LockSnapshot> snapshot = entry.flatMap(InMemoryStore::snapshot);
        return watcher -> watcher.onRecord(snapshot);
    }

    private static Optional<LockSnapshot> snapshot(Entry entry) {
        return entry.record().map(record -> new LockSnapshot(record, entry.version()));
    }

    private static MalformedRecordException malformed(String election) {
        return new MalformedRecordException("expected the record of the election '" + election
                + "', but what stands there is no record: delete it with InMemorySpace.delete");
    }
}
