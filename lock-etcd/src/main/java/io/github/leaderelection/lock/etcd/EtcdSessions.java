package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.github.leaderelection.lock.support.Complaint;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The sessions of one connection. A session is a key, its marker, which its client rewrites; see {@link EtcdSession}. A session
 * has ended if its marker is not there.
 */
final class EtcdSessions implements LockSessions {

    private static final int ID_BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final EtcdConnection connection;
    private final SessionMarkers markers;
    private final EtcdErrors errors;
    private final EtcdCalls calls;
    private final SessionSweep sweep;
    private final Complaint complaint = new Complaint();
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
        this.calls = new EtcdCalls(connection, connection.sessionTurns(), errors::closed);
        this.sweep = new SessionSweep(connection.thread(), this);
    }

    SessionMarkers markers() {
        return markers;
    }

    EtcdErrors errors() {
        return errors;
    }

    /** What is denied to those who follow sessions. */
    Complaint complaint() {
        return complaint;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        Instant now = Instant.now();
        ByteSequence key = markers.key(id);
        Op put = Op.put(key, markers.value(id, lease, now), PutOption.DEFAULT);
        Cmp absent = new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0));
        long sentNanos = System.nanoTime();
        return transact(List.of(absent), put, errors::ofOpen, reply -> {
            if (!reply.isSucceeded()) {
                throw errors.taken(id);
            }
            connection.thread().run(() -> sweep.lookAround(id));
            long revision = reply.getHeader().getRevision();
            return new EtcdSession(this, new EtcdSession.Opened(id, lease, now, sentNanos, revision));
        });
    }

    /** What {@code reading} makes of whether a change to a marker was applied, which is so if {@code condition} holds. */
    <R> CompletableFuture<R> change(
            Cmp condition, Op change, EtcdCall.Translation translation, Function<Boolean, R> reading) {
        return transact(List.of(condition), change, translation, reply -> reading.apply(reply.isSucceeded()));
    }

    private <R> CompletableFuture<R> transact(
            List<Cmp> conditions, Op change, EtcdCall.Translation translation, Function<TxnResponse, R> reading) {
        return calls.send(
                client -> client.getKVClient()
                        .txn()
                        .If(conditions.toArray(Cmp[]::new))
                        .Then(change)
                        .commit(),
                translation,
                reading);
    }

    /** Ends a session of whomever, if its marker still is in that version; whether it was. */
    CompletableFuture<Boolean> delete(String session, EtcdVersion version) {
        ByteSequence key = markers.key(session);
        List<Cmp> unchanged = List.of(
                new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(version.order())),
                new Cmp(key, Cmp.Op.EQUAL, CmpTarget.value(version.value())));
        return transact(unchanged, Op.delete(key, DeleteOption.DEFAULT), errors::ofEnd, TxnResponse::isSucceeded);
    }

    /** The marker of a session, if it is there; no older than the call. */
    CompletableFuture<Optional<KeyValue>> read(String session) {
        ByteSequence key = markers.key(session);
        return calls.send(
                client -> client.getKVClient().get(key),
                (error, surelyNotSent) -> errors.ofRead(error),
                reply -> reply.getKvs().stream().findFirst());
    }

    /** Some markers of others: those that come right after that of a session, and the first of all. */
    CompletableFuture<List<KeyValue>> readOthers(String session, int eachMax) {
        GetOption.Builder some = GetOption.builder().withLimit(eachMax);
        Op next = Op.get(markers.after(session), some.withRange(markers.end()).build());
        Op first = Op.get(markers.first(), some.withRange(markers.key(session)).build());
        return calls.send(
                client -> client.getKVClient().txn().Then(next, first).commit(),
                (error, surelyNotSent) -> errors.ofRead(error),
                reply -> reply.getGetResponses().stream()
                        .flatMap(found -> found.getKvs().stream())
                        .toList());
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

    /** Ends the watches, and lets what is under way fail; the sessions go on until others have waited for their leases. */
    void close() {
        closed = true;
        connection.thread().run(() -> {
            List.copyOf(watches.values()).forEach(EtcdSessionWatch::close);
            watches.clear();
        });
        calls.close();
    }
}
