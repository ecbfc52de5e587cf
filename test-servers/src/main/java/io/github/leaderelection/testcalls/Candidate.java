package io.github.leaderelection.testcalls;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An elector that campaigns, and remembers its tenures and its troubles. Closes its lock with itself. */
public final class Candidate implements LeaderCallbacks, AutoCloseable {

    /**
     * The durations of an election.
     *
     * @param lease the lease duration
     * @param renew the renew deadline
     * @param retry the retry period
     */
    public record Timing(Duration lease, Duration renew, Duration retry) {

        /** So that a lease can be waited for. */
        public static final Timing QUICK =
                new Timing(Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500));

        /** So that a lease is not waited for: whoever leads soon did not wait for it. */
        public static final Timing LONG =
                new Timing(Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    private final ResourceLock lock;
    private final Timing timing;
    private final LeaderElector elector;
    private final List<Leadership> tenures = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    /** Campaigns from now on. */
    public Candidate(ResourceLock lock, Timing timing) {
        this.lock = lock;
        this.timing = timing;
        elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .leaseDuration(timing.lease())
                .renewDeadline(timing.renew())
                .retryPeriod(timing.retry())
                .releaseOnCancel(true)
                .callbacks(this)
                .build());
        elector.start();
    }

    @Override
    public void onStartedLeading(Leadership leadership) {
        tenures.add(leadership);
    }

    @Override
    public void onStoppedLeading(Leadership ended) {}

    @Override
    public void onError(Throwable error) {
        errors.add(error);
    }

    /** Whether it leads now. */
    public boolean leads() {
        return elector.isLeader();
    }

    /** Who leads, as it sees it. */
    public Optional<String> leader() {
        return elector.getLeader();
    }

    public int tenureCount() {
        return tenures.size();
    }

    /** The tenure that began last; that which stands may not have been told yet. */
    public Leadership latest() {
        return elector.leadership().orElseGet(() -> tenures.get(tenures.size() - 1));
    }

    /** What it was told of so far. */
    public List<Throwable> errors() {
        return List.copyOf(errors);
    }

    /** Waits until it leads, in its tenure of that number or a later one. */
    public void awaitTenure(int count) {
        Eventually.isTrue(
                lock.identity() + " leads for the " + count + ". time", () -> tenures.size() >= count && leads());
    }

    /** Waits until the tenure has been renewed by what was sent after this call, or has ended. */
    public void awaitRenewal() {
        Leadership tenure = latest();
        long sentNanos = System.nanoTime();
        Eventually.isTrue(lock.identity() + " renews", () -> {
            long validUntilNanos = System.nanoTime() + tenure.remaining().toNanos();
            return !tenure.isValid()
                    || validUntilNanos - sentNanos > timing.renew().toNanos();
        });
    }

    @Override
    public void close() {
        elector.close();
        lock.close();
    }

    @Override
    public String toString() {
        return lock.identity() + " with tenures " + tenures + " and errors " + errors;
    }
}
