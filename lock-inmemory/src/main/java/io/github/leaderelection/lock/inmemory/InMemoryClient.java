package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.ResourceLock;

/**
 * What a process is to a backend: its locks share their sessions, whatever their elections and identities. Reached through
 * {@link InMemorySpace#client}; lives as long as the space, and leaves nothing to close. Any thread may call.
 */
public final class InMemoryClient {

    private final InMemorySpace space;
    private final LockSessions sessions;

    InMemoryClient(InMemorySpace space, String name) {
        this.space = space;
        this.sessions = new InMemoryClientSessions(space, name);
    }

    /**
     * Opens a lock of this client. What the lock asks of the record is hit by the {@link InMemorySpace#faults faults} of
     * {@code identity}, what it asks of sessions by those of the client's name.
     *
     * @param leases whether its own leaders hold by a session; others' sessions it can follow either way
     * @throws IllegalArgumentException if the election or the identity is blank
     */
    public ResourceLock lock(String election, String identity, Leases leases) {
        return new InMemoryLock(
                space,
                sessions,
                InMemorySpace.requireText("election", election),
                InMemorySpace.requireText("identity", identity),
                leases);
    }
}
