package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.Complaint;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.zookeeper.data.ACL;

/**
 * The sessions of one {@link ZooKeeperLocks}, over its connection. The markers of all clients are the children of one znode,
 * which stays. Why they can be trusted stands at {@link ZooKeeperSession}.
 */
final class ZooKeeperSessions implements LockSessions {

    static final String PARENT = ".sessions";

    private static final int ID_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final String parent;
    private final List<ACL> acl;
    private final ZooKeeperErrors errors;
    private final SessionSweep sweep;
    private final ZooKeeperLooks looks;
    private final Complaint complaint = new Complaint();
    /** Confined to the thread of the connection. */
    private final Map<String, SessionWatch> watches = new HashMap<>();

    private volatile boolean closed;

    /**
     * Made by {@link ZooKeeperLocks}.
     *
     * @param parent the path of the znode that markers are children of
     * @param acl what created znodes get
     */
    ZooKeeperSessions(ZooKeeperConnection connection, String parent, List<ACL> acl, ZooKeeperErrors errors) {
        this.connection = connection;
        this.calls = new ZooKeeperCalls(connection, errors::closed);
        this.parent = parent;
        this.acl = acl;
        this.errors = errors;
        this.sweep = new SessionSweep(connection.thread(), calls, errors, parent);
        this.looks = new ZooKeeperLooks(connection, calls, errors, parent);
    }

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        long openedNanos = System.nanoTime();
        Instant opened = Instant.now();
        SessionMarker marker = new SessionMarker(parent, newId());
        byte[] bytes = marker.bytes(lease, opened);
        CompletableFuture<LockSession> session = calls.<Boolean, LockSession>call(
                (zooKeeper, call) -> marker.create(zooKeeper, acl, bytes, call),
                (error, surelyNotSent) -> errors.ofSession("opened", error, surelyNotSent),
                made -> new ZooKeeperSession(marker, lease, opened, openedNanos, this));
        session.thenRun(sweep::begin);
        return session;
    }

    ZooKeeperCalls calls() {
        return calls;
    }

    ZooKeeperErrors errors() {
        return errors;
    }

    /** Those that wait for what is sent on behalf of a session. */
    ZooKeeperLooks looks() {
        return looks;
    }

    /** An id of 128 random bits. */
    private static String newId() {
        return String.format("%0" + ID_BITS / 4 + "x", new BigInteger(ID_BITS, RANDOM));
    }

    @Override
    public Subscription watch(String session, Runnable onEnded) {
        if (closed) {
            throw errors.closed();
        }
        SessionMarker marker = new SessionMarker(parent, session);
        SessionFollower follower =
                new SessionFollower(onEnded, closing -> connection.thread().run(() -> dismiss(session, closing)));
        if (marker.isPossible()) {
            connection
                    .thread()
                    .run(() -> watches.computeIfAbsent(session, id -> newWatch(marker))
                            .add(follower));
        } else {
            connection.thread().run(follower::tell); // there is no such session, and never was
        }
        return follower;
    }

    private SessionWatch newWatch(SessionMarker marker) {
        return new SessionWatch(connection, calls, errors, marker, complaint, () -> watches.remove(marker.id()));
    }

    private void dismiss(String session, SessionFollower follower) {
        SessionWatch watch = watches.get(session);
        if (watch != null) {
            watch.remove(follower);
        }
    }

    /** Ends the watches, and leaves the sessions that are open to be ended by who follows them. Idempotent. */
    void close() {
        closed = true;
        looks.close();
        calls.close();
        connection.thread().run(() -> List.copyOf(watches.values()).forEach(SessionWatch::end));
    }
}
