package io.github.leaderelection.conformance;

import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what a watch tells, and every breach of the rules on the order of its calls. Safe for use by any thread. */
final class RecordingWatcher implements LockWatcher {

    private final AtomicInteger callsUnderWay = new AtomicInteger();

    /** This and below guarded by this object's monitor. */
    private final List<Optional<LockSnapshot>> states = new ArrayList<>();

    private final List<String> breaches = new ArrayList<>();
    private int malformedCount;
    private int brokenCount;
    private long highestOrder = Long.MIN_VALUE;

    @Override
    public void onRecord(Optional<LockSnapshot> snapshot) {
        tell("a state", () -> {
            states.add(snapshot);
            snapshot.ifPresent(present -> noteOrder(present.version().order()));
        });
    }

    @Override
    public void onMalformed(MalformedRecordException error) {
        tell("a malformed record", () -> malformedCount++);
    }

    @Override
    public void onBroken(LockException cause) {
        tell("the end", () -> brokenCount++);
    }

    private void tell(String what, Runnable note) {
        // Outside of the monitor, which would hide that two calls come together.
        boolean alone = callsUnderWay.incrementAndGet() == 1;
        Thread.yield();
        synchronized (this) {
            if (!alone) {
                breaches.add("told " + what + " while another call was under way");
            }
            if (brokenCount > 0) {
                breaches.add("told " + what + " after the watch had broken");
            }
            note.run();
        }
        callsUnderWay.decrementAndGet();
    }

    private void noteOrder(long order) {
        if (order < highestOrder) {
            breaches.add("told of the write " + order + " after the later write " + highestOrder);
        }
        highestOrder = Math.max(highestOrder, order);
    }

    /** The latest state that was told; empty if none was told yet. */
    synchronized Optional<Optional<LockSnapshot>> last() {
        return states.isEmpty() ? Optional.empty() : Optional.of(states.get(states.size() - 1));
    }

    synchronized boolean hasSeen(String holder) {
        return states.stream()
                .flatMap(Optional::stream)
                .anyMatch(snapshot -> snapshot.record().holderIdentity().equals(holder));
    }

    synchronized boolean hasToldAnything() {
        return !states.isEmpty() || malformedCount > 0 || brokenCount > 0;
    }

    synchronized boolean hasSeenMalformed() {
        return malformedCount > 0;
    }

    synchronized boolean isBroken() {
        return brokenCount > 0;
    }

    synchronized List<String> breaches() {
        return List.copyOf(breaches);
    }

    @Override
    public synchronized String toString() {
        return "a watcher that was told " + states + ", " + malformedCount + " malformed, " + brokenCount + " broken";
    }
}
