package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The sessions of one connection. A session is a lease of etcd; its marker is a key that is attached to the lease, and that
 * etcd deletes with it. A session has ended if its marker is not there.
 */
final class EtcdSessions implements LockSessions {

    /** The longest lease that etcd grants. */
    private static final long SECONDS_MAX = 9_000_000_000L;

    private static final GetOption WHETHER_IT_IS_THERE =
            GetOption.builder().withCountOnly(true).build();

    private final EtcdConnection connection;
    private final SessionMarkers markers;
    private final EtcdErrors errors;
    private final EtcdCalls calls;
    /** By session; confined to the thread of the connection. */
    private final Map<String, EtcdSessionWatch> watches = new HashMap<>();

    private volatile boolean closed;

    /**
     * None yet.
     *
     * @param address where etcd is, for messages
     * @param user the user in whose name requests are made, if any
     */
    EtcdSessions(EtcdConnection connection, SessionMarkers markers, String address, Optional<String> user) {
        this.connection = connection;
        this.markers = markers;
        this.errors =
                EtcdErrors.ofSessions("etcd keys " + markers.directory() + "..." + address, user, markers.rights());
        this.calls = new EtcdCalls(connection, errors::closed);
    }

    SessionMarkers markers() {
        return markers;
    }

    EtcdCalls calls() {
        return calls;
    }

    EtcdErrors errors() {
        return errors;
    }

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        long seconds = wholeSeconds(lease);
        CompletableFuture<LeaseGrantResponse> grant =
                calls.send(client -> client.getLeaseClient().grant(seconds), errors::ofOpen, Function.identity());
        return InTurn.send(grant, granted -> mark(granted, seconds));
    }

    private static long wholeSeconds(Duration lease) {
        if (lease.getNano() != 0 || lease.getSeconds() < 1 || lease.getSeconds() > SECONDS_MAX) {
            throw new IllegalArgumentException("etcd keeps leases of whole seconds, from 1 to " + SECONDS_MAX
                    + ", but the lease is to be " + lease);
        }
        return lease.getSeconds();
    }

    private CompletableFuture<LockSession> mark(LeaseGrantResponse granted, long seconds) {
        EtcdSession session = new EtcdSession(this, granted.getID());
        if (granted.getTTL() < seconds) {
            session.end();
            return CompletableFuture.failedFuture(errors.tooShort(granted.getTTL(), seconds));
        }
        ByteSequence key = markers.key(session.id());
        ByteSequence value = ByteSequence.from(
                "a session of leader election: etcd deletes this key when its client is silent for " + seconds + " s",
                StandardCharsets.UTF_8);
        PutOption attached = PutOption.builder().withLeaseId(granted.getID()).build();
        CompletableFuture<LockSession> marked =
                calls.send(client -> client.getKVClient().put(key, value, attached), errors::ofOpen, reply -> session);
        marked.whenComplete((opened, error) -> {
            if (error != null) {
                session.end();
            }
        });
        return marked;
    }

    /** What {@code reading} makes of a read that finds the marker, or does not; no older than the call. */
    <R> CompletableFuture<R> read(String session, Function<GetResponse, R> reading) {
        ByteSequence marker = markers.key(session);
        return calls.send(
                client -> client.getKVClient().get(marker, WHETHER_IT_IS_THERE),
                (error, surelyNotSent) -> errors.ofRead(error),
                reading);
    }

    /** Whether a read found the marker of a session. */
    static boolean isMarked(GetResponse reply) {
        return reply.getCount() > 0;
    }

    /** All that follow one session share one watch. Once the sessions are closed nothing is told any more. */
    @Override
    public Subscription watch(String session, Runnable onEnded) {
        EtcdSessionWatch.Follower follower = new EtcdSessionWatch.Follower(onEnded);
        connection.thread().run(() -> follow(session, follower));
        return () -> {
            follower.leave();
            connection.thread().run(() -> unfollow(session, follower));
        };
    }

    private void follow(String session, EtcdSessionWatch.Follower follower) {
        if (closed || follower.hasLeft()) {
            return;
        }
        EtcdSessionWatch watch = watches.get(session);
        if (watch == null) {
            watch = new EtcdSessionWatch(connection, this, session);
            watches.put(session, watch);
            watch.open();
        }
        watch.add(follower);
    }

    private void unfollow(String session, EtcdSessionWatch.Follower follower) {
        EtcdSessionWatch watch = watches.get(session);
        if (watch != null && watch.isLast(follower)) {
            forget(session);
            watch.close();
        }
    }

    /** To be called on the thread of the connection. */
    void forget(String session) {
        watches.remove(session);
    }

    /** Ends the watches, and lets what is under way fail; the sessions go on until their leases have passed. */
    void close() {
        closed = true;
        connection.thread().run(() -> {
            List.copyOf(watches.values()).forEach(EtcdSessionWatch::close);
            watches.clear();
        });
        calls.close();
    }
}
