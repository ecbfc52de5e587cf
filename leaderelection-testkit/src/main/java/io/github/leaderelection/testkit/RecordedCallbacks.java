package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import org.jspecify.annotations.Nullable;

/** A user's callbacks, with a line in the timeline for each that matters, and a look whether starts and stops are paired. */
final class RecordedCallbacks implements LeaderCallbacks {

    private final LeaderCallbacks callbacks;
    private final Simulation simulation;
    private final SimulatedProcess process;

    /** The tenure that was started and not stopped. Guarded by this. */
    private @Nullable Leadership open;

    RecordedCallbacks(LeaderCallbacks callbacks, Simulation simulation, SimulatedProcess process) {
        this.callbacks = callbacks;
        this.simulation = simulation;
        this.process = process;
    }

    @Override
    public void onStartedLeading(Leadership leadership) throws Exception {
        opened(leadership);
        simulation.say(process, "onStartedLeading, token " + leadership.fencingToken());
        try {
            callbacks.onStartedLeading(new GatedLeadership(leadership, simulation, process));
        } catch (SimulationOver over) {
            return; // not of the user's making
        } catch (Throwable thrown) {
            simulation.say(process, "onStartedLeading threw " + thrown);
            throw thrown;
        }
        simulation.say(process, "onStartedLeading has returned");
    }

    private synchronized void opened(Leadership leadership) {
        if (open != null) {
            violation("onStartedLeading of token " + leadership.fencingToken() + " before onStoppedLeading of token "
                    + open.fencingToken());
        }
        open = leadership;
    }

    @Override
    public void onStoppedLeading(Leadership ended) throws Exception {
        closed(ended);
        simulation.say(
                process,
                "onStoppedLeading, token " + ended.fencingToken()
                        + ended.revocationReason().map(reason -> ", " + reason).orElse(""));
        try {
            callbacks.onStoppedLeading(new GatedLeadership(ended, simulation, process));
        } catch (SimulationOver over) {
            return; // not of the user's making
        }
        simulation.say(process, "onStoppedLeading has returned");
    }

    private synchronized void closed(Leadership ended) {
        if (open != ended) {
            violation("onStoppedLeading of token " + ended.fencingToken() + " without its onStartedLeading");
        }
        open = null;
    }

    private void violation(String what) {
        simulation.audit.violation(simulation.nowNanos(), process.label + ": " + what);
    }

    @Override
    public void onNewLeader(String identity) {
        callbacks.onNewLeader(identity);
    }

    @Override
    public void onNoLeader() {
        callbacks.onNoLeader();
    }

    @Override
    public void onClosed() {
        simulation.say(process, "onClosed");
        callbacks.onClosed();
    }

    @Override
    public void onError(Throwable error) {
        simulation.say(process, "onError: " + error.getMessage());
        callbacks.onError(error);
    }
}
