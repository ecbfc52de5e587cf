package io.github.leaderelection.benchmarks.electors;

/** One candidate in one election, from its start on. */
public interface Entrant extends AutoCloseable {

    /** Gives up the leadership in order; asked only of a leader. May return before it is given up. */
    void handOver();

    /** Campaigns again after {@link #handOver()}, where the elector does not do so by itself. */
    void rejoin();

    /** Ends it. */
    @Override
    void close();
}
