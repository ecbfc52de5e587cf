package io.github.leaderelection.cli;

import io.github.leaderelection.Leadership;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks all candidates again and again whether they lead, and counts the answers. */
final class LeaderCensus implements AutoCloseable {

    /** What was counted: how often nobody led, one did, more did. */
    record Counts(long none, long one, long more) {
        long total() {
            return none + one + more;
        }
    }

    private final Supplier<Collection<Optional<Leadership>>> ask;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-census");
        thread.setDaemon(true);
        return thread;
    });
    private Counts counts = new Counts(0, 0, 0);

    LeaderCensus(Supplier<Collection<Optional<Leadership>>> ask) {
        this.ask = ask;
    }

    void begin() {
        timer.scheduleAtFixedRate(this::count, 0, 1, TimeUnit.MILLISECONDS);
    }

    /**
     * A tenure never becomes valid again once it was not; so those that are valid in a first and in a second pass were
     * all valid at one instant between the two. One pass alone would count a handoff in its midst as two leaders.
     */
    private synchronized void count() {
        List<Leadership> first = ask.get().stream()
                .flatMap(Optional::stream)
                .filter(Leadership::isValid)
                .toList();
        long standing = first.stream().filter(Leadership::isValid).count();
        counts = new Counts(
                counts.none() + (first.isEmpty() ? 1 : 0),
                counts.one() + (!first.isEmpty() && standing <= 1 ? 1 : 0),
                counts.more() + (standing > 1 ? 1 : 0));
    }

    synchronized Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
