package io.github.leaderelection;

import java.time.Duration;
import java.util.Optional;

/**
 * One tenure: the time from winning an election to losing it. What a Go program gets as the context of
 * {@code OnStartedLeading} is this object.
 *
 * <p>A tenure never becomes valid again once it was not. All methods may be called from any thread. All but {@link #onRevoked}
 * never block and take no lock.
 */
public interface Leadership {

    /** The name of the election. */
    String election();

    /** The identity that holds this tenure. */
    String identity();

    /**
     * The fencing token of this tenure: greater than that of every tenure of this election before it, in whatever
     * process. Pass it with each write to the protected resource, and let the resource refuse a token that is smaller
     * than the greatest it has seen; then no stale write lands, whatever the clocks do.
     *
     * <p>It is the backend's own order (etcd revision, ZooKeeper zxid, Kubernetes resourceVersion), so its value says
     * nothing but its order.
     *
     * @see <a href="https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html">Fencing</a>
     */
    long fencingToken();

    /**
     * Whether this tenure still stands. Compares the monotonic clock on the caller's thread, so it turns false on time
     * even if every other thread is stuck, and after a pause of the whole process.
     *
     * <p>The answer is true of the moment of the call. Work that must not act after the tenure ends checks between its
     * steps and passes {@link #fencingToken()} along.
     */
    boolean isValid();

    /**
     * How much longer this tenure stands for certain, if no renewal succeeds; zero when it has ended. A tenure that a session
     * holds hears of the session's proofs only when a part of the renew deadline has passed, and so may stand longer than that.
     */
    Duration remaining();

    /**
     * Does nothing while the tenure stands.
     *
     * @throws LeadershipLostException when it has ended
     */
    void checkValid();

    /**
     * Runs {@code action} once when the tenure ends, or at once, on the caller's thread, if its end was noticed before.
     * Actions run in the order of their registration, on one callback thread, beside other callbacks. They are part of the
     * work: {@link LeaderCallbacks#onStoppedLeading} waits for them as it does for {@code onStartedLeading}, up to half of
     * the drain timeout, and the record is released after them. They run when the end was noticed; {@link #isValid()} is
     * never later than they are.
     */
    void onRevoked(Runnable action);

    /** Why the tenure ended; empty while the end was not noticed yet. */
    Optional<RevocationReason> revocationReason();
}
