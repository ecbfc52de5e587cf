package io.github.leaderelection.testkit;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.RevocationReason;
import java.time.Duration;
import java.util.Optional;

/** A tenure whose every answer waits until its process runs: not all of them ask the clock, and a pause holds up all. */
record GatedLeadership(Leadership tenure, Simulation simulation, SimulatedProcess process) implements Leadership {

    private Leadership entered() {
        simulation.enter(process);
        return tenure;
    }

    @Override
    public String election() {
        return entered().election();
    }

    @Override
    public String identity() {
        return entered().identity();
    }

    @Override
    public long fencingToken() {
        return entered().fencingToken();
    }

    @Override
    public boolean isValid() {
        return entered().isValid();
    }

    @Override
    public Duration remaining() {
        return entered().remaining();
    }

    @Override
    public void checkValid() {
        entered().checkValid();
    }

    @Override
    public void onRevoked(Runnable action) {
        entered().onRevoked(action);
    }

    @Override
    public Optional<RevocationReason> revocationReason() {
        return entered().revocationReason();
    }

    @Override
    public String toString() {
        return tenure.toString();
    }
}
