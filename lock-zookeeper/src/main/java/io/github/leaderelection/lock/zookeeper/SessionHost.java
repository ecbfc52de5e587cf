package io.github.leaderelection.lock.zookeeper;

/**
 * Where the marker of a session lives: a session of ZooKeeper's, whose end ends ours. Either it began with ours and is there
 * for it alone, or it is that of a client which others use as well, and stays as it is.
 */
final class SessionHost {

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final boolean own;
    private final Runnable leaving;

    private SessionHost(ZooKeeperConnection connection, ZooKeeperErrors errors, boolean own, Runnable leaving) {
        this.connection = connection;
        this.calls = new ZooKeeperCalls(connection, errors::closed);
        this.own = own;
        this.leaving = leaving;
    }

    /**
     * One that was started for this.
     *
     * @param leaving how its client is left to time out, before the connection is closed
     */
    static SessionHost own(ZooKeeperConnection connection, ZooKeeperErrors errors, Runnable leaving) {
        return new SessionHost(connection, errors, true, leaving);
    }

    /** A client that others use, too. */
    static SessionHost shared(ZooKeeperConnection connection, ZooKeeperErrors errors) {
        return new SessionHost(connection, errors, false, () -> {});
    }

    ZooKeeperCalls calls() {
        return calls;
    }

    boolean isOwn() {
        return own;
    }

    /** Ends it at once, if it is our own. Idempotent. */
    void end() {
        calls.close();
        if (own) {
            connection.close();
        }
    }

    /**
     * Goes without a word. The marker stays until the timeout has passed, as if this process had died: somebody may still lead
     * by it, for as long as the last proof allows. Idempotent.
     */
    void leave() {
        calls.close();
        if (own) {
            connection.thread().run(leaving);
            connection.close();
        }
    }
}
