package io.github.leaderelection.it;

import io.github.leaderelection.it.Backend.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the record of an election many times a second, through a way of its own, and remembers each version with the
 * bounds of the time at which it was written. Outages of the server leave gaps and nothing else.
 */
final class RecordTrail implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(15);

    /**
     * A state of the record.
     *
     * @param record what stood there; empty if nothing did
     * @param earliestMillis the wall clock when the look began that still saw the state before
     * @param latestMillis the wall clock when it was seen
     */
    record Entry(Optional<StoredRecord> record, long earliestMillis, long latestMillis) {
        String holder() {
            return record.map(StoredRecord::holder).orElse("");
        }

        /** When it was sent, on the wall clock of the machine that all processes share. */
        long sentMillis() {
            return record.map(StoredRecord::renewMillis).orElse(0L);
        }

        String tenure() {
            return record.map(StoredRecord::tenure).orElse("");
        }
    }

    private final Backend backend;
    private final String election;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "record-trail");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Entry> entries = new ArrayList<>();
    private long lastLookMillis = System.currentTimeMillis();
    private int outages;

    RecordTrail(Backend backend, String election) {
        this.backend = backend;
        this.election = election;
        timer.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        long begin = System.currentTimeMillis();
        Optional<StoredRecord> seen;
        try {
            seen = backend.read(election);
        } catch (RuntimeException serverAway) {
            synchronized (this) {
                outages++;
            }
            return;
        }
        long end = System.currentTimeMillis();
        synchronized (this) {
            if (entries.isEmpty() || !entries.get(entries.size() - 1).record().equals(seen)) {
                entries.add(new Entry(seen, lastLookMillis, end));
            }
            lastLookMillis = begin;
        }
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The latest version with that holder. */
    Entry lastOf(String holder) {
        List<Entry> seen = entries();
        for (int i = seen.size() - 1; i >= 0; i--) {
            if (seen.get(i).holder().equals(holder)) {
                return seen.get(i);
            }
        }
        throw new AssertionError("the record was never held by " + holder + ": " + this);
    }

    /** Waits until the record was written that often more. */
    void awaitWrites(int count) {
        int before = entries().size();
        Waits.until(count + " more writes", this::toString, () -> entries().size() >= before + count);
    }

    @Override
    public synchronized String toString() {
        return entries + " (" + outages + " looks got no answer)";
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
