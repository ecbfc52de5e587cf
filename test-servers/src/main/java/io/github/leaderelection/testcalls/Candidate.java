package io.github.leaderelection.testcalls;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An elector with short leases that remembers its tenures. Its engine has to be on the class path. */
public final class Candidate implements LeaderCallbacks, AutoCloseable {

    private final ResourceLock lock;
    private final LeaderElector elector;
    private final List<Leadership> tenures = new CopyOnWriteArrayList<>();

    public Candidate(ResourceLock lock) {
        this.lock = lock;
        elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .leaseDuration(Duration.ofSeconds(4))
                .renewDeadline(Duration.ofSeconds(3))
                .retryPeriod(Duration.ofMillis(500))
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

    public boolean leads() {
        return elector.isLeader();
    }

    public int tenureCount() {
        return tenures.size();
    }

    public Leadership latest() {
        return tenures.get(tenures.size() - 1);
    }

    public void awaitTenure(int count) {
        Eventually.isTrue(
                lock.identity() + " leads for the " + count + ". time", () -> tenures.size() >= count && leads());
    }

    @Override
    public void close() {
        elector.close();
        lock.close();
    }
}
