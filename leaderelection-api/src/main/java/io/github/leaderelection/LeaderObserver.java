package io.github.leaderelection;

import java.util.Optional;

/** Watches who leads an election without campaigning. Made by {@link LeaderElectors#observe}. */
public interface LeaderObserver extends AutoCloseable {

    /** The identity of the leader; empty if nobody leads, if the lease that was seen has run out, or before the first
     * look. */
    Optional<String> getLeader();

    /** Stops watching. Idempotent. The lock is not closed. */
    @Override
    void close();
}
