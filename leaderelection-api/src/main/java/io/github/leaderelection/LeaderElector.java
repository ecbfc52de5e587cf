package io.github.leaderelection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A candidate in an election. Made by {@link LeaderElectors#create}.
 *
 * <p>All methods may be called from any thread. An elector has no thread of its own; all electors of a process share a
 * few.
 */
public interface LeaderElector extends AutoCloseable {

    /** The name of the election. */
    String name();

    /** The identity under which this candidate campaigns. */
    String identity();

    /**
     * Campaigns until this candidate leads, leads until the tenure ends, and returns once the leader's work is quiet:
     * one tenure, as {@code Run} of the Go package. Returns without a tenure if the elector is closed meanwhile. May be
     * called again after it returned.
     *
     * @throws InterruptedException if the calling thread was interrupted; the tenure, if any, has then been ended in
     *     order, as by {@link #close()}, but the elector is not closed
     * @throws LeaderElectionException if the backend refuses this candidate for good, for example for a wrong password
     * @throws IllegalStateException if the elector is running already or is closed
     */
    void run() throws InterruptedException;

    /**
     * Campaigns in the background, and again after every tenure, until {@link #close()}. Returns at once. The threads that
     * electors share are daemons and keep no process alive: a {@code main} that has nothing else to do waits for
     * {@link LeaderCallbacks#onClosed}.
     *
     * @throws IllegalStateException if the elector is running already or is closed
     */
    void start();

    /**
     * Yields: ends the tenure if there is one, waits until the leader's work is quiet, releases the record, and stays a
     * candidate that lets the others go first. Without a tenure it only lets the others go first.
     *
     * @return completes when the record has been released, or need not or cannot be, on a callback thread; never
     *     exceptionally
     */
    CompletionStage<Void> stepDown();

    /**
     * Whether this candidate leads. Compares the monotonic clock on the caller's thread: true only while the last
     * successful renewal was sent less than the renew deadline ago.
     */
    boolean isLeader();

    /** The tenure that stands now, if this candidate leads. */
    Optional<Leadership> leadership();

    /**
     * The identity of the leader as this candidate last saw it; empty if nobody leads, if the lease it saw has run out
     * or the session that it saw has ended, or if nothing was seen yet. That a session has ended is told by the backend:
     * while that is out of reach, the leader of before is named.
     */
    Optional<String> getLeader();

    /**
     * Does nothing while this elector is healthy. A candidate that does not lead is healthy.
     *
     * @param maxTolerableExpiredLease for how long after the lease ran out the leader's work may still be ending
     * @throws LeaseExpiredException if the lease ran out longer ago than that and the work goes on, or if the elector
     *     failed for good
     */
    void check(Duration maxTolerableExpiredLease);

    /**
     * Ends the tenure, if any, in order: revoke, wait for the leader's work to become quiet while still renewing,
     * release (if the configuration says so), stop. Idempotent. Called from a callback of this elector it does not wait: the
     * rest happens after the callback returns. The lock is not closed.
     *
     * <p>Returns within the drain timeout, three call timeouts (each a quarter of the renew deadline) and two seconds, on the
     * system's clock whatever the elector's is. The work has the drain timeout to end; a release takes two call timeouts at
     * most, and an acquisition that is under way takes one before. What has not ended by then, callbacks that do not return
     * above all, ends later, or is left to lapse.
     *
     * <p>One limit: an acquisition without an answer is looked for with a read, and undone if it is found. Its request may
     * still be on its way then, and reach the backend after this elector has ended. The record names this candidate until
     * its lease lapses; nobody leads on it.
     */
    @Override
    void close();
}
