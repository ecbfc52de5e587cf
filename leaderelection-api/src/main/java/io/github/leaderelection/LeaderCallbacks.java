package io.github.leaderelection;

/**
 * What a candidate is told. Calls come on threads of the library that renewals do not share: a callback that blocks
 * delays no renewal. What a callback throws is logged, handed to {@link #onError} and carried on from.
 *
 * <p>For each tenure there is exactly one {@link #onStartedLeading} and then exactly one {@link #onStoppedLeading};
 * a stop never comes without a start, and the next start never comes before the stop has returned. All calls but
 * {@code onStartedLeading} come one after the other. {@code onStartedLeading} has a thread of its own, because it may
 * run for as long as the tenure.
 */
public interface LeaderCallbacks {

    /**
     * Called when this candidate has won. May return at once (and have started the work elsewhere), or do the work and
     * return when the tenure ends: its thread is then interrupted.
     *
     * @param leadership the tenure; see {@link Leadership#isValid()} and {@link Leadership#fencingToken()}
     * @throws Exception reported through {@link #onError}; ends the tenure if the configuration ties it to the work
     */
    void onStartedLeading(Leadership leadership) throws Exception;

    /**
     * Called when the tenure has ended, and {@link #onStartedLeading} and what was registered with {@link
     * Leadership#onRevoked} have returned. Must bring the work to an end before it returns: only then is the lease released
     * to others. If they have not returned after half of the drain timeout, because {@code onStartedLeading} ignores its
     * interrupt, say, this is called nevertheless, beside them, so that it can end what blocks there.
     *
     * @param ended the tenure that ended, with its {@link Leadership#revocationReason()}
     * @throws Exception reported through {@link #onError}
     */
    void onStoppedLeading(Leadership ended) throws Exception;

    /** Called when another leader is seen, this candidate itself included. */
    default void onNewLeader(String identity) {}

    /** Called when nobody leads any more: the record was released or deleted, or its lease ran out unrenewed. */
    default void onNoLeader() {}

    /** Called once, when the elector has been closed or has failed for good. No call follows it. */
    default void onClosed() {}

    /**
     * Called with trouble that the elector met: a backend that is away, a record that cannot be read, a callback that
     * threw. The elector goes on, unless it says so with {@link #onClosed}. The same trouble is not repeated until it
     * has changed or passed.
     */
    default void onError(Throwable error) {}
}
