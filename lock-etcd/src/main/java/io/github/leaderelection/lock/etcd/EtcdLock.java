package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.lock.support.PreparedLease;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A record under one key of etcd. Reads are linearizable; a write is a transaction that compares the mod revision, which is
 * zero for a key that does not exist, and the value.
 */
final class EtcdLock implements ResourceLock {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final LockCapabilities OBSERVED = new LockCapabilities(true, SECOND, SECOND, false);
    private static final LockCapabilities BY_SESSION = new LockCapabilities(true, SECOND, SECOND, true);

    private final Home home;
    private final String name;
    private final String identity;
    private final ByteSequence key;
    private final Consumer<EtcdLock> onClose;
    private final EtcdCalls calls;
    private final PreparedLease prepared;
    private @Nullable EtcdFeed feed;
    private volatile boolean closed;

    /**
     * Made by {@link EtcdLocks}. There are thousands of one home: what can be made when it is needed is not kept.
     *
     * @param name the name of the election
     * @param identity the identity of the candidate
     * @param key what prefix and name make
     * @param onClose told once, when the lock is closed
     */
    EtcdLock(Home home, String name, String identity, String key, Consumer<EtcdLock> onClose) {
        this.home = home;
        this.name = name;
        this.identity = identity;
        this.prepared = new PreparedLease(identity);
        this.key = ByteSequence.from(key, StandardCharsets.UTF_8);
        this.onClose = onClose;
        this.calls = new EtcdCalls(home.connection(), home.connection().requestTurns(), () -> errors().closed());
        this.feed = home.feed().filter(shared -> shared.covers(this.key)).orElse(null);
    }

    /**
     * What the locks of one {@link EtcdLocks} share.
     *
     * @param prefix what names are joined to
     * @param address where etcd is, for messages, for example {@code  at http://127.0.0.1:2379}; may be empty
     * @param user the user in whose name requests are made, if any
     * @param leases how the candidates hold their records
     * @param sessions those of the connection
     * @param looks what reads for many locks at once
     * @param feed what tells of the keys of all locks; if there is none, or if it does not cover the key of a lock, that lock
     *     has one of its own
     */
    record Home(
            EtcdConnection connection,
            String prefix,
            String address,
            Optional<String> user,
            Leases leases,
            EtcdSessions sessions,
            EtcdLooks looks,
            Optional<EtcdFeed> feed) {}

    private String place() {
        return "etcd key " + key.toString(StandardCharsets.UTF_8) + home.address();
    }

    private LeaseCodec codec() {
        return new LeaseCodec(name, home.prefix(), place());
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return name + " (" + place() + ")";
    }

    @Override
    public LockCapabilities capabilities() {
        return home.leases() == Leases.SESSION ? BY_SESSION : OBSERVED;
    }

    @Override
    public Optional<LockSessions> sessions() {
        return Optional.of(home.sessions());
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return calls.send(
                client -> client.getKVClient().get(key),
                (error, surelyNotSent) -> errors().ofRead(error),
                reply -> snapshot(reply.getKvs()));
    }

    /** A lock that is alone with its client gains nothing by waiting for others; one that shares a stream has rights for all. */
    @Override
    public CompletionStage<Optional<LockSnapshot>> look(Duration patience) {
        if (closed) {
            return CompletableFuture.failedFuture(errors().closed());
        }
        return home.leases() == Leases.SESSION
                ? home.looks().look(key, patience).thenApply(this::snapshot)
                : get();
    }

    /**
     * The record in what was read.
     *
     * @throws MalformedRecordException if it is none
     */
    Optional<LockSnapshot> snapshot(List<KeyValue> found) {
        return found.stream().findFirst().map(this::snapshot);
    }

    private LockSnapshot snapshot(KeyValue found) {
        ByteSequence value = found.getValue();
        DecodedLease lease = decode(value);
        prepared.note(value, lease);
        return new LockSnapshot(lease.record(), new EtcdVersion(found.getModRevision(), value));
    }

    private DecodedLease decode(ByteSequence value) {
        return codec().decode(value.getBytes());
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return write(codec().encode(record), is(CmpTarget.modRevision(0)));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof EtcdVersion version)) {
            throw new IllegalArgumentException("expected a version of a record in etcd, but came "
                    + expected.getClass().getName() + "; hand back what this lock handed out");
        }
        DecodedLease previous = prepared.of(version.value(), () -> decode(version.value()));
        byte[] value = codec().encode(record, previous);
        return write(value, is(CmpTarget.modRevision(version.order())), is(CmpTarget.value(version.value())));
    }

    private Cmp is(CmpTarget<?> target) {
        return new Cmp(key, Cmp.Op.EQUAL, target);
    }

    private CompletionStage<WriteResult> write(byte[] bytes, Cmp... unchanged) {
        ByteSequence value = ByteSequence.from(bytes);
        Op put = Op.put(key, value, PutOption.DEFAULT);
        return calls.send(
                client -> client.getKVClient().txn().If(unchanged).Then(put).commit(),
                (error, surelyNotSent) -> errors().ofWrite(error, surelyNotSent),
                reply -> outcome(reply, value));
    }

    private static WriteResult outcome(TxnResponse reply, ByteSequence value) {
        return reply.isSucceeded()
                ? WriteResult.written(new EtcdVersion(reply.getHeader().getRevision(), value))
                : WriteResult.conflict();
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        if (closed) {
            throw errors().closed();
        }
        EtcdFeed told = feed();
        EtcdWatch watch = new EtcdWatch(told, this, watcher);
        told.add(watch);
        return watch;
    }

    private synchronized EtcdFeed feed() {
        EtcdFeed known = feed;
        if (known == null) {
            known = new EtcdFeed(home.connection(), EtcdRange.of(key), errors());
            feed = known;
        }
        return known;
    }

    ByteSequence key() {
        return key;
    }

    EtcdErrors errors() {
        return new EtcdErrors(place(), home.user());
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        EtcdFeed told;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            told = feed;
        }
        if (told != null) {
            told.closed(this);
        }
        calls.close();
        onClose.accept(this);
    }

    @Override
    public String toString() {
        return "EtcdLock[" + describe() + ", identity=" + identity + "]";
    }
}
