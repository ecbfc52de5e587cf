package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.lock.support.LeaseCodec;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A record under one key of etcd. Reads are linearizable; a write is a transaction that compares the mod revision, which is
 * zero for a key that does not exist, and the value.
 */
final class EtcdLock implements ResourceLock {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EtcdConnection connection;
    private final String identity;
    private final String description;
    private final ByteSequence key;
    private final LeaseCodec codec;
    private final EtcdErrors errors;
    private final Consumer<EtcdLock> onClose;
    private final EtcdSessions sessions;
    private final LockCapabilities capabilities;
    private final EtcdCalls calls;
    private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Made by {@link EtcdLocks}.
     *
     * @param sessions those of the connection
     * @param candidate whose lock it is, and for which election
     * @param onClose told once, when the lock is closed
     */
    EtcdLock(
            EtcdConnection connection,
            EtcdSessions sessions,
            Candidate candidate,
            EtcdErrors errors,
            Consumer<EtcdLock> onClose) {
        this.connection = connection;
        this.sessions = sessions;
        this.capabilities = new LockCapabilities(true, SECOND, SECOND, candidate.leases() == Leases.SESSION);
        this.identity = candidate.identity();
        this.description = candidate.name() + " (" + candidate.place() + ")";
        this.key = ByteSequence.from(candidate.key(), StandardCharsets.UTF_8);
        this.codec = new LeaseCodec(candidate.name(), candidate.prefix(), candidate.place());
        this.errors = errors;
        this.calls = new EtcdCalls(connection, errors::closed);
        this.onClose = onClose;
    }

    /**
     * Who campaigns where.
     *
     * @param name the name of the election
     * @param identity the identity of the candidate
     * @param prefix what the name is joined to
     * @param key what comes of it
     * @param place the key and its etcd, for messages
     * @param leases how the candidate holds its record
     */
    record Candidate(String name, String identity, String prefix, String key, String place, Leases leases) {}

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public LockCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public Optional<LockSessions> sessions() {
        return Optional.of(sessions);
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return read(reply -> snapshot(reply.getKvs()));
    }

    /** What {@code reading} makes of what stands there, and of the revision at which it does. */
    <R> CompletableFuture<R> read(Function<GetResponse, R> reading) {
        return call(kv -> kv.get(key), (error, surelyNotSent) -> errors.ofRead(error), reading);
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
        LeaderElectionRecord record = decode(found.getValue()).record();
        return new LockSnapshot(record, new EtcdVersion(found.getModRevision(), found.getValue()));
    }

    private DecodedLease decode(ByteSequence value) {
        return codec.decode(value.getBytes());
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return write(codec.encode(record), is(CmpTarget.modRevision(0)));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof EtcdVersion version)) {
            throw new IllegalArgumentException("expected a version of a record in etcd, but came "
                    + expected.getClass().getName() + "; hand back what this lock handed out");
        }
        byte[] value = codec.encode(record, decode(version.value()));
        return write(value, is(CmpTarget.modRevision(version.order())), is(CmpTarget.value(version.value())));
    }

    private Cmp is(CmpTarget<?> target) {
        return new Cmp(key, Cmp.Op.EQUAL, target);
    }

    private CompletionStage<WriteResult> write(byte[] bytes, Cmp... unchanged) {
        ByteSequence value = ByteSequence.from(bytes);
        Op put = Op.put(key, value, PutOption.DEFAULT);
        return call(kv -> kv.txn().If(unchanged).Then(put).commit(), errors::ofWrite, reply -> outcome(reply, value));
    }

    private static WriteResult outcome(TxnResponse reply, ByteSequence value) {
        return reply.isSucceeded()
                ? WriteResult.written(new EtcdVersion(reply.getHeader().getRevision(), value))
                : WriteResult.conflict();
    }

    private <T, R> CompletableFuture<R> call(
            Function<KV, CompletableFuture<T>> request, EtcdCall.Translation translation, Function<T, R> reading) {
        return calls.send(client -> request.apply(client.getKVClient()), translation, reading);
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        EtcdWatch watch = new EtcdWatch(connection, this, watcher);
        watches.add(watch);
        if (closed && watches.remove(watch)) {
            throw errors.closed();
        }
        watch.start();
        return watch;
    }

    ByteSequence key() {
        return key;
    }

    EtcdErrors errors() {
        return errors;
    }

    void forget(EtcdWatch watch) {
        watches.remove(watch);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        watches.forEach(watch -> {
            if (watches.remove(watch)) {
                watch.breakOff(errors.closed());
            }
        });
        calls.close();
        onClose.accept(this);
    }

    @Override
    public String toString() {
        return "EtcdLock[" + description + ", identity=" + identity + "]";
    }
}
