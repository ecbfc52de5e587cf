package io.github.leaderelection.benchmarks;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts the writes of locks, and when they were sent. May be used from any thread. */
final class WriteCounts {

    private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** An hour. */
    private static final int SLOTS_MAX = 36_000;

    private final long begin = System.nanoTime();
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS_MAX);
    private final LongAdder writes = new LongAdder();
    private final LongAdder conflicts = new LongAdder();

    /** A lock whose writes are counted. */
    ResourceLock counting(ResourceLock lock) {
        return new Counted(lock);
    }

    /** How many were sent. */
    long writes() {
        return writes.sum();
    }

    /** How many of them found a record that was not as expected. */
    long conflicts() {
        return conflicts.sum();
    }

    /** The number of the tenth of a second that it is now. */
    int slot() {
        return (int) Math.min((System.nanoTime() - begin) / SLOT_NANOS, SLOTS_MAX - 1);
    }

    /**
     * How uneven writes were: the standard deviation of the writes of a tenth of a second, over their mean. For writes at
     * random times it would be one over the root of the mean.
     */
    double variation(int fromSlot, int toSlot) {
        List<Long> counts = new ArrayList<>();
        for (int i = fromSlot; i < toSlot; i++) {
            counts.add(slots.get(i));
        }
        return variation(counts);
    }

    static double variation(List<Long> counts) {
        double mean = counts.stream().mapToLong(Long::longValue).average().orElse(0);
        double variance = counts.stream()
                .mapToDouble(count -> (count - mean) * (count - mean))
                .average()
                .orElse(0);
        return mean == 0 ? 0 : Math.sqrt(variance) / mean;
    }

    private final class Counted implements ResourceLock {

        private final ResourceLock lock;

        Counted(ResourceLock lock) {
            this.lock = lock;
        }

        private CompletionStage<WriteResult> counted(CompletionStage<WriteResult> stage) {
            writes.increment();
            slots.incrementAndGet(slot());
            return stage.thenApply(result -> {
                if (result instanceof WriteResult.Conflict) {
                    conflicts.increment();
                }
                return result;
            });
        }

        @Override
        public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
            return counted(lock.create(record));
        }

        @Override
        public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
            return counted(lock.update(record, expected));
        }

        @Override
        public CompletionStage<Optional<LockSnapshot>> get() {
            return lock.get();
        }

        @Override
        public CompletionStage<Optional<LockSnapshot>> look(Duration patience) {
            return lock.look(patience);
        }

        @Override
        public Optional<LockSessions> sessions() {
            return lock.sessions();
        }

        @Override
        public Subscription watch(LockWatcher watcher) {
            return lock.watch(watcher);
        }

        @Override
        public String identity() {
            return lock.identity();
        }

        @Override
        public String describe() {
            return lock.describe();
        }

        @Override
        public LockCapabilities capabilities() {
            return lock.capabilities();
        }

        @Override
        public void recordEvent(String message) {
            lock.recordEvent(message);
        }

        @Override
        public void close() {
            lock.close();
        }
    }
}
