package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;

/**
 * The sessions of one {@link ZooKeeperLocks}. The marker of each is an ephemeral znode, all under one parent, which stays.
 *
 * <p>The timeout of a ZooKeeper session is agreed on when it begins. So each of ours gets one of its own, on a connection of its
 * own, which asks for the lease as its timeout; that of the records keeps its own, shorter timeout. With a client that was
 * handed in there is only its session, whose timeout must not be shorter than the lease.
 *
 * <p>A client that dies without a word is missed when its timeout has passed: the lease, or what the servers make of it. They
 * grant two ticks at least, and count in whole ticks.
 */
final class ZooKeeperSessions implements LockSessions {

    static final String PARENT = ".sessions";

    /** The longest lease: 1 h, as the longest session timeout. */
    private static final Duration LEASE_MAX = Duration.ofHours(1);

    /**
     * The leader of an ensemble pings its members each half tick, and a session's timeout has two ticks at least, unless
     * minSessionTimeout was set to less: a quarter of it, or more.
     */
    private static final int PAUSES_PER_TIMEOUT = 4;

    private static final int ID_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Where sessions are hosted. */
    @FunctionalInterface
    interface Hosts {
        /** A host for a session with that lease; without a connection yet, perhaps. */
        SessionHost host(Duration lease);
    }

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final Hosts hosts;
    private final String parent;
    private final List<ACL> acl;
    private final ZooKeeperErrors errors;
    private final Set<ZooKeeperSession> open = ConcurrentHashMap.newKeySet();
    /** Confined to the thread of the connection. */
    private final Map<String, SessionWatch> watches = new HashMap<>();

    private volatile boolean closed;

    /**
     * Made by {@link ZooKeeperLocks}.
     *
     * @param connection for what needs no session in particular: to watch and to delete markers
     * @param parent the path of the znode that markers are children of
     */
    ZooKeeperSessions(
            ZooKeeperConnection connection, Hosts hosts, String parent, List<ACL> acl, ZooKeeperErrors errors) {
        this.connection = connection;
        this.calls = new ZooKeeperCalls(connection, errors::closed);
        this.hosts = hosts;
        this.parent = parent;
        this.acl = acl;
        this.errors = errors;
    }

    ZooKeeperErrors errors() {
        return errors;
    }

    // ---- open

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        if (lease.isNegative() || lease.isZero() || lease.compareTo(LEASE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "the lease of a session must be positive and at most 1h, but is " + lease);
        }
        if (closed) {
            return CompletableFuture.failedFuture(errors.closed());
        }
        long calledNanos = System.nanoTime();
        SessionMarker marker = new SessionMarker(parent, newId());
        SessionHost host = hosts.host(lease);
        CompletableFuture<Long> counted =
                host.isOwn() ? CompletableFuture.completedFuture(calledNanos) : settle(host, lease);
        CompletableFuture<LockSession> opened =
                counted.thenCompose(sinceNanos -> create(host, marker, lease).thenApply(zooKeeper -> {
                    Duration timeout = Duration.ofMillis(zooKeeper.getSessionTimeout());
                    SessionTouches touches = new SessionTouches(sinceNanos, pauseNanos(zooKeeper));
                    return begin(new ZooKeeperSession(
                            this,
                            marker,
                            host,
                            zooKeeper,
                            touches,
                            timeout.minus(lease).toNanos()));
                }));
        opened.whenComplete((session, error) -> {
            if (error != null) {
                discard(host, marker);
            }
        });
        return opened;
    }

    private LockSession begin(ZooKeeperSession session) {
        open.add(session);
        if (closed && open.remove(session)) {
            session.leave();
        }
        return session;
    }

    private CompletableFuture<ZooKeeper> create(SessionHost host, SessionMarker marker, Duration lease) {
        return host.calls()
                .call(
                        (ZooKeeper zooKeeper, ZooKeeperCall<ZooKeeper> call) -> {
                            if (grants(zooKeeper, lease, host, call)) {
                                marker.create(zooKeeper, acl, call);
                            }
                        },
                        errors::ofOpening,
                        Function.identity());
    }

    private boolean grants(ZooKeeper zooKeeper, Duration lease, SessionHost host, ZooKeeperCall<?> call) {
        Duration timeout = Duration.ofMillis(zooKeeper.getSessionTimeout());
        if (timeout.compareTo(lease) < 0) {
            call.refuse(errors.tooShort(timeout, lease, host.isOwn()));
            return false;
        }
        return true;
    }

    /**
     * A session that began before may have been silent for most of its timeout: lets the leader count it anew, as
     * {@link SessionTouches} tells, and answers since when it has.
     */
    private CompletableFuture<Long> settle(SessionHost host, Duration lease) {
        return sync(host, lease)
                .thenCompose(first -> sync(host, lease)
                        .thenCompose(touchedTwice -> syncLater(host, lease, touchedTwice.pauseNanos))
                        .thenApply(settled -> first.sentNanos));
    }

    private CompletableFuture<Synced> syncLater(SessionHost host, Duration lease, long delayNanos) {
        CompletableFuture<Synced> later = new CompletableFuture<>();
        connection.thread().schedule(() -> forward(sync(host, lease), later), delayNanos);
        return later;
    }

    private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, error) -> {
            if (error == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(error);
            }
        });
    }

    private record Synced(long sentNanos, long pauseNanos) {}

    private CompletableFuture<Synced> sync(SessionHost host, Duration lease) {
        return host.calls()
                .call(
                        (ZooKeeper zooKeeper, ZooKeeperCall<Synced> call) -> {
                            if (!grants(zooKeeper, lease, host, call)) {
                                return;
                            }
                            long sentNanos = System.nanoTime();
                            zooKeeper.sync(
                                    parent,
                                    (code, at, context) -> {
                                        if (Code.get(code) == Code.OK) {
                                            call.answer(new Synced(sentNanos, pauseNanos(zooKeeper)));
                                        } else {
                                            call.failUnwritten(Code.get(code));
                                        }
                                    },
                                    null);
                        },
                        errors::ofOpening,
                        Function.identity());
    }

    private static long pauseNanos(ZooKeeper zooKeeper) {
        return TimeUnit.MILLISECONDS.toNanos(zooKeeper.getSessionTimeout()) / PAUSES_PER_TIMEOUT;
    }

    /** An id of 128 random bits. */
    private static String newId() {
        return String.format("%0" + ID_BITS / 4 + "x", new BigInteger(ID_BITS, RANDOM));
    }

    // ---- end

    /** Nobody learned of it: what may have been made of it goes, too. */
    private void discard(SessionHost host, SessionMarker marker) {
        host.end();
        if (!host.isOwn()) {
            delete(marker);
        }
    }

    /**
     * Deletes a marker over the connection of the records. What did not work is tried again as long as these sessions are open:
     * the client that was handed in would keep the marker for as long as it lives.
     */
    CompletionStage<Void> delete(SessionMarker marker) {
        CompletableFuture<Boolean> deleted = calls.call(marker::delete, errors::ofEnding, Function.identity());
        return deleted.whenComplete((gone, error) -> {
                    if (error != null && !(error.getCause() instanceof LockDeniedException) && !closed) {
                        connection.thread().schedule(() -> delete(marker), PAUSE_NANOS);
                    }
                })
                .thenAccept(gone -> {});
    }

    void forget(ZooKeeperSession session) {
        open.remove(session);
    }

    // ---- watch

    @Override
    public Subscription watch(String session, Runnable onEnded) {
        if (closed) {
            throw errors.closed();
        }
        SessionMarker marker = new SessionMarker(parent, session);
        SessionWaiter waiter =
                new SessionWaiter(onEnded, closing -> connection.thread().run(() -> dismiss(session, closing)));
        if (marker.isPossible()) {
            connection
                    .thread()
                    .run(() -> watches.computeIfAbsent(session, id -> newWatch(marker))
                            .add(waiter));
        } else {
            connection.thread().run(waiter::tell); // there is no such session, and never was
        }
        return waiter;
    }

    private SessionWatch newWatch(SessionMarker marker) {
        return new SessionWatch(connection, calls, errors, marker, () -> watches.remove(marker.id()));
    }

    private void dismiss(String session, SessionWaiter waiter) {
        SessionWatch watch = watches.get(session);
        if (watch != null) {
            watch.remove(waiter);
        }
    }

    /** Leaves the sessions that are open to time out, and ends the watches. Idempotent. */
    void close() {
        closed = true;
        open.forEach(session -> {
            if (open.remove(session)) {
                session.leave();
            }
        });
        calls.close();
    }
}
