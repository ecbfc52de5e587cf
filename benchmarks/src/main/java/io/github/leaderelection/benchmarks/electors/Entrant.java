package io.github.leaderelection.benchmarks.electors;

/** One candidate in one election, from its start on. */
public interface Entrant extends AutoCloseable {

    /** Gives up the leadership in order; asked only of a leader. May return before it is given up. */
    void handOver();

    /** Campaigns again after {@link #handOver()}, where the elector does not do so by itself. */
    void rejoin();

    /**
     * Whether it knows who leads, where its takeover counts from when it saw the leader's record; others, whose server counts,
     * always say yes.
     */
    default boolean standsBy() {
        return true;
    }

    /** Ends it. */
    @Override
    void close();
}
