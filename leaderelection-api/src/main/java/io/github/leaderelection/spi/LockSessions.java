package io.github.leaderelection.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of one client of a backend. A session is alive for as long as its client keeps it so. When the client has been
 * silent for its lease, the session is ended: by the backend, or by another client that follows it and has watched it for the
 * whole lease on its own clock. Either way its end is written in the backend, is final, and comes no sooner than the lease
 * after the time from which the session was last proven to be alive. A session that nobody follows may outlive its lease.
 *
 * <p>A record that names a session is held for as long as that session is alive: then one keep-alive serves all elections of
 * a client, and none of their records is written again and again.
 *
 * <p>An id names one session and never another one, in all time. So the end of a session, once seen, is final: nobody has to
 * compare it again when writing.
 *
 * <p>All locks of one client return the same object from {@link ResourceLock#sessions()}; electors with equal timing share
 * one session by it. No method blocks, and each may be called from any thread. Stages complete on a thread of the lock.
 */
public interface LockSessions {

    /**
     * Opens a session, and makes its beginning known to all clients before the stage completes: whoever looks for a session
     * that a record names, and finds none, knows that it has ended.
     *
     * @param lease after how long without a keep-alive the session is ended. It may take longer, never less: not before
     *     {@code lease} has passed since this call, on the clock of the backend or of the client that ends it
     * @return the session; fails with {@link LockDeniedException} if this client may not open one, and with any other
     *     {@link LockException} if that did not work, or may not have worked
     * @throws IllegalArgumentException if the backend cannot keep such a lease
     */
    CompletionStage<LockSession> open(Duration lease);

    /**
     * Tells when a session has ended: once, and at once if it has already. Told by the backend, or by a read that is no older
     * than the call; never guessed from silence, though a lock whose backend ends no session by itself ends one that was
     * watched for its whole lease, and tells when the backend has it so. Goes on through outages, until it has told or is
     * closed.
     *
     * @param session the id, as a record named it
     * @param onEnded run on a thread of the lock
     */
    Subscription watch(String session, Runnable onEnded);
}
