package io.github.leaderelection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An elector that never leads, counts how often it was run and closed, and is as healthy as it is told to be. */
final class FakeElector implements LeaderElector {

    /** The tolerances that {@link #check} was asked with. */
    final List<Duration> checks = new ArrayList<>();

    int runs;
    int closes;
    volatile Optional<LeaseExpiredException> illness = Optional.empty();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String identity() {
        return "a";
    }

    @Override
    public void run() {
        runs++;
    }

    @Override
    public void start() {
        runs++;
    }

    @Override
    public CompletionStage<Void> stepDown() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public boolean isLeader() {
        return false;
    }

    @Override
    public Optional<Leadership> leadership() {
        return Optional.empty();
    }

    @Override
    public Optional<String> getLeader() {
        return Optional.empty();
    }

    @Override
    public synchronized void check(Duration maxTolerableExpiredLease) {
        checks.add(maxTolerableExpiredLease);
        illness.ifPresent(illness -> {
            throw illness;
        });
    }

    @Override
    public void close() {
        closes++;
    }
}
