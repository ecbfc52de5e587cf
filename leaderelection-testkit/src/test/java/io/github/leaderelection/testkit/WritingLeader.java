package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Checks, takes a second to prepare, and writes without another look: the leader that needs fencing. */
final class WritingLeader implements LeaderCallbacks {

    final List<String> told = new CopyOnWriteArrayList<>();
    private final SimulatedElection election;
    private final FencedRegister register;

    WritingLeader(SimulatedElection election, FencedRegister register) {
        this.election = election;
        this.register = register;
    }

    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        told.add("started");
        int count = 0;
        while (leadership.isValid()) {
            election.sleep(Duration.ofSeconds(1));
            register.write(leadership.fencingToken(), "report " + ++count);
        }
    }

    @Override
    public void onStoppedLeading(Leadership ended) {
        told.add("stopped");
    }
}
