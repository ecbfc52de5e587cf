package io.github.leaderelection.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A resource that refuses tokens older than the newest it has seen, and notes what became of each write. A write of a
 * candidate that is paused arrives when it is resumed. Made by {@link SimulatedElection#register}. All methods may be called
 * from any thread.
 */
public final class FencedRegister {

    /**
     * A write, as it arrived.
     *
     * @param at the virtual time
     * @param writer the candidate whose code wrote; empty if that is not known
     * @param token the fencing token that came with it
     * @param value what was to be written
     */
    public record Write(Duration at, String writer, long token, String value) {}

    private final Simulation simulation;
    private final String name;

    // Guarded by this.
    private final List<Write> accepted = new ArrayList<>();
    private final List<Write> refused = new ArrayList<>();
    private long newestToken = Long.MIN_VALUE;

    FencedRegister(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
    }

    /**
     * Writes, unless a newer token was seen.
     *
     * @return whether the write was accepted
     */
    public boolean write(long token, String value) {
        simulation.passCurrent();
        String writer = simulation.current().map(process -> process.label).orElse("");
        Write write = new Write(Duration.ofNanos(simulation.nowNanos()), writer, token, value);
        boolean isCurrent = note(write);
        simulation.timeline.add(
                write.at().toNanos(),
                writer,
                "writes '" + value + "' to " + name + " with token " + token + (isCurrent ? "" : ": refused"));
        return isCurrent;
    }

    private synchronized boolean note(Write write) {
        if (write.token() < newestToken) {
            refused.add(write);
            return false;
        }
        newestToken = write.token();
        accepted.add(write);
        return true;
    }

    /** The writes that took effect, in their order. */
    public synchronized List<Write> accepted() {
        return List.copyOf(accepted);
    }

    /** The writes that were refused because they came with an old token, in their order. */
    public synchronized List<Write> refused() {
        return List.copyOf(refused);
    }
}
