package io.github.leaderelection.benchmarks.electors;

/** One client, which candidates share. */
public interface Connection extends AutoCloseable {

    /**
     * A candidate that campaigns from now on.
     *
     * @param onLead called each time when it leads, on a thread of the elector
     * @param onLoss called when it leads no longer, if the elector says so
     */
    Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss);

    /** Ends the client; the candidates have ended before. */
    @Override
    void close();
}
