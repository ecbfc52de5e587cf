package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A candidate in a {@link SimulatedElection}, and what may befall its process, its network and its clock. Of its code, what
 * calls us takes part: {@code Leadership}, {@code LeaderElector}, {@link SimulatedElection#sleep} and {@link FencedRegister}.
 *
 * <p>What befalls a process that was killed, other than {@link #restart()}, is an {@link IllegalStateException}.
 */
public final class SimulatedCandidate {

    private final SimulatedElection election;
    private final Simulation simulation;
    private final String identity;
    private final Consumer<LeaderElectionConfig.Builder> settings;
    private SimulatedProcess process;

    SimulatedCandidate(
            SimulatedElection election,
            Simulation simulation,
            String identity,
            Consumer<LeaderElectionConfig.Builder> settings) {
        this.election = election;
        this.simulation = simulation;
        this.identity = identity;
        this.settings = Objects.requireNonNull(settings, "settings");
        process = election.process(identity, settings);
    }

    /** The identity under which it campaigns. */
    public String identity() {
        return identity;
    }

    /** Begins to campaign, as {@link LeaderElector#start()}. */
    public void start() {
        happens("is started", () -> process.elector().start());
    }

    /**
     * Begins to close the elector, as its process does when it is told to end. Returns at once; let time {@link
     * SimulatedElection#run run} for what the leader's work takes to end.
     */
    public void close() {
        happens("is asked to close", () -> simulation.close(process));
    }

    /** Yields, as {@link LeaderElector#stepDown()}. Returns at once. */
    public void stepDown() {
        happens("is asked to step down", () -> process.elector().stepDown());
    }

    /**
     * The whole process stands still while time goes on, as in a long garbage collection or under SIGSTOP. Its timers,
     * replies and callbacks wait. A thread of its code goes on to its next call to us, and stands inside it until {@link
     * #resume}; the call then gives the answer of the time after the pause. (A thread cannot be stopped between such calls.)
     */
    public void pause() {
        happens("is paused", () -> simulation.pause(process));
    }

    /**
     * The process goes on. What stood inside a call goes first, before the elector notices how much time has passed: the
     * worst order, in which stale writes come about.
     */
    public void resume() {
        happens("is resumed", () -> simulation.resume(process));
    }

    /** The process is gone, without a callback. Its threads never return from the call to us that they stand in. */
    public void kill() {
        happens("is killed", () -> {
            simulation.kill(process);
            process.lock.close();
        });
    }

    /**
     * Makes a new process with the same settings, on a healthy network and an exact clock, and starts it.
     *
     * @throws IllegalStateException if the present one was neither killed nor has it closed
     */
    public void restart() {
        simulation.drive();
        if (isAlive() && !process.closed) {
            throw new IllegalStateException(
                    "expected that " + identity + " was killed or has closed: it cannot be restarted while it runs");
        }
        simulation.kill(process);
        process = election.process(identity, settings);
        start();
    }

    /** Nothing gets through in either direction: requests are never answered, the watch falls silent. */
    public void cutNetwork() {
        happens("its network is cut", () -> process.network.cut());
    }

    /** Its requests do not reach the store; what its watch is told still reaches it. */
    public void cutRequests() {
        happens("its requests are lost", () -> process.network.cutRequests());
    }

    /** Its requests reach the store and take effect, but nothing reaches it. */
    public void cutReplies() {
        happens("replies to it are lost", () -> process.network.cutReplies());
    }

    /** The network works again. What was lost stays lost. */
    public void healNetwork() {
        happens("its network is healed", () -> process.network.heal());
    }

    /**
     * From now on its monotonic clock, its timers included, runs at this rate: 0.5 at half the speed, 0 not at all, as on a
     * host that is suspended while others run on.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public void clockRate(double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("expected a rate from 0 on, but got " + rate);
        }
        happens("its clock runs at the rate " + rate, () -> simulation.changeRate(process, rate));
    }

    /** From now on its wall clock shows so much more than the others'. (Monotonic clocks have nothing in common anyway.) */
    public void wallClockOffset(Duration offset) {
        happens("its wall clock is off by " + offset, () -> simulation.changeWallOffset(process, offset));
    }

    /** Whether it would answer now that it leads, also if it is paused and cannot answer. Not once it was killed. */
    public boolean isLeader() {
        simulation.drive();
        return isAlive() && process.elector().isLeader();
    }

    /** Whether it was not killed. */
    private boolean isAlive() {
        return simulation.living().contains(process);
    }

    /**
     * The elector of the present process, to be handed to the code under test. On the test's thread its answers are those of
     * the present, and its {@code run()} and {@code close()} are refused, as they wait for a time that only the test's thread
     * can let pass.
     */
    public LeaderElector elector() {
        return new GatedElector(process.elector(), simulation, process);
    }

    private void happens(String what, Runnable action) {
        simulation.drive();
        if (!isAlive()) {
            throw new IllegalStateException(
                    "expected a process that lives, but " + process.label + " was killed: restart it first");
        }
        simulation.say(process, what);
        action.run();
        simulation.settle();
    }

    @Override
    public String toString() {
        return process.label;
    }
}
