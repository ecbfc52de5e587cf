package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemoryFaults;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** One candidate of the demo. */
final class DemoCandidate {

    static final Duration LEASE_DURATION = Duration.ofMillis(1500);
    static final Duration RENEW_DEADLINE = Duration.ofMillis(1000);
    static final Duration RETRY_PERIOD = Duration.ofMillis(250);

    private final String name;
    private final InMemoryFaults faults;
    private final ResourceLock lock;
    private final LeaderElector elector;
    private final Reporter reporter;

    DemoCandidate(String name, InMemorySpace space, DemoStage stage) {
        this.name = name;
        this.faults = space.faults(name);
        this.lock = space.lock("demo", name);
        this.reporter = new Reporter(stage);
        this.elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .name("demo")
                .lock(lock)
                .leaseDuration(LEASE_DURATION)
                .renewDeadline(RENEW_DEADLINE)
                .retryPeriod(RETRY_PERIOD)
                .releaseOnCancel(true)
                .callbacks(reporter)
                .build());
    }

    String name() {
        return name;
    }

    void start() {
        elector.start();
    }

    Optional<Leadership> leadership() {
        return elector.leadership();
    }

    void stepDown() {
        elector.stepDown();
    }

    /** As a process that is killed: {@link #cutOff()}, and it says nothing any more. */
    void kill() {
        reporter.dead = true;
        cutOff();
    }

    /** From now on nothing that it sends arrives and it sees nothing, as behind a network that is cut. */
    void cutOff() {
        faults.untilHealed(InMemoryFault.loseRequest());
        faults.silenceWatches();
    }

    void heal() {
        faults.heal();
    }

    /** Ends in order: releases the record if it can. */
    void close() {
        elector.close();
        lock.close();
    }

    /** Frees what is left of one that was killed; nothing of it reaches the record. */
    void forget() {
        lock.close();
        elector.close();
        faults.heal();
    }

    private static final class Reporter implements LeaderCallbacks {
        private final DemoStage stage;
        private volatile boolean dead;

        Reporter(DemoStage stage) {
            this.stage = stage;
        }

        @Override
        public void onStartedLeading(Leadership leadership) throws InterruptedException {
            stage.started(leadership);
            new CountDownLatch(1).await();
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            if (!dead) {
                stage.stopped(ended);
            }
        }
    }
}
