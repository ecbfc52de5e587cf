package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An elector whose every answer waits until its process runs. */
record GatedElector(LeaderElector elector, Simulation simulation, SimulatedProcess process) implements LeaderElector {

    private LeaderElector entered() {
        simulation.enter(process);
        return elector;
    }

    /** What waits for virtual time must not do so on the thread that lets it pass. */
    private LeaderElector enteredToWait(String call) {
        if (simulation.isDriver()) {
            throw new IllegalStateException("expected a thread of " + process.label + " to call " + call
                    + "(), which waits for virtual time to pass, but this is the test's, which lets it pass");
        }
        return entered();
    }

    @Override
    public String name() {
        return entered().name();
    }

    @Override
    public String identity() {
        return entered().identity();
    }

    @Override
    public void run() throws InterruptedException {
        enteredToWait("run").run();
    }

    @Override
    public void start() {
        entered().start();
    }

    @Override
    public CompletionStage<Void> stepDown() {
        return entered().stepDown();
    }

    @Override
    public boolean isLeader() {
        return entered().isLeader();
    }

    @Override
    public Optional<Leadership> leadership() {
        return entered().leadership().map(tenure -> new GatedLeadership(tenure, simulation, process));
    }

    @Override
    public Optional<String> getLeader() {
        return entered().getLeader();
    }

    @Override
    public void check(Duration maxTolerableExpiredLease) {
        entered().check(maxTolerableExpiredLease);
    }

    @Override
    public void close() {
        enteredToWait("close").close();
    }
}
