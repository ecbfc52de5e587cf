package io.github.leaderelection.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of one client of a backend, for locks whose leases the backend itself keeps. A session is alive for as long as
 * its client keeps it so; the backend ends it when the client has been silent for its lease. A record that names a session
 * is held for as long as that session is alive: then one keep-alive serves all elections of a client, and none of their
 * records is written again and again.
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
     * @param lease after how long without a keep-alive the backend ends the session. It may take longer, never less: not
     *     before {@code lease} has passed, on the backend's clock, since this call
     * @return the session; fails with {@link LockDeniedException} if this client may not open one, and with any other
     *     {@link LockException} if that did not work, or may not have worked
     * @throws IllegalArgumentException if the backend cannot keep such a lease
     */
    CompletionStage<LockSession> open(Duration lease);

    /**
     * Tells when a session has ended: once, and at once if it has already. Told by the backend, or by a read that is no older
     * than the call; never guessed from silence. Goes on through outages, until it has told or is closed.
     *
     * @param session the id, as a record named it
     * @param onEnded run on a thread of the lock
     */
    Subscription watch(String session, Runnable onEnded);
}
