package io.github.leaderelection.lock.zookeeper;

import org.jspecify.annotations.Nullable;

/**
 * Where the marker of a session lives: a session of ZooKeeper's, whose end ends ours. Either it began with ours and is there
 * for it alone, or it is that of a client which others use as well, and stays as it is.
 */
final class SessionHost {

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    /** What made the client that is there for this alone; null if there is none. */
    private final @Nullable ZooKeeperClients clients;

    private SessionHost(ZooKeeperConnection connection, ZooKeeperErrors errors, @Nullable ZooKeeperClients clients) {
        this.connection = connection;
        this.calls = new ZooKeeperCalls(connection, errors::closed);
        this.clients = clients;
    }

    /**
     * One that was started for this.
     *
     * @param clients what started its client
     */
    static SessionHost own(ZooKeeperConnection connection, ZooKeeperErrors errors, ZooKeeperClients clients) {
        return new SessionHost(connection, errors, clients);
    }

    /** A client that others use, too. */
    static SessionHost shared(ZooKeeperConnection connection, ZooKeeperErrors errors) {
        return new SessionHost(connection, errors, null);
    }

    ZooKeeperCalls calls() {
        return calls;
    }

    boolean isOwn() {
        return clients != null;
    }

    /**
     * Goes to another member of the ensemble, if it is our own, unless a call is over soon: the lease leaves no time for the
     * patience of ZooKeeper's client, which is two thirds of it.
     *
     * @param call of which something is sent now, that a member answers if it is well
     */
    void turnAwayUnlessSoon(ZooKeeperCall<?> call, long timeoutNanos) {
        ZooKeeperClients own = clients;
        if (own == null) {
            return;
        }
        long patienceNanos =
                Math.min(timeoutNanos / 10, connection.requestTimeout().toNanos() / 2);
        connection
                .thread()
                .schedule(
                        () -> {
                            if (!call.isOver()) {
                                own.turnAway();
                            }
                        },
                        patienceNanos);
    }

    /** Ends it at once, if it is our own. Idempotent. */
    void end() {
        calls.close();
        if (isOwn()) {
            connection.close();
        }
    }

    /**
     * Goes without a word. The marker stays until the timeout has passed, as if this process had died: somebody may still lead
     * by it, for as long as the last proof allows. Idempotent.
     */
    void leave() {
        calls.close();
        ZooKeeperClients own = clients;
        if (own != null) {
            connection.thread().run(own::leave);
            connection.close();
        }
    }
}
