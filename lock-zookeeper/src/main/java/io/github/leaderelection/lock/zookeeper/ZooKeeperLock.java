package io.github.leaderelection.lock.zookeeper;

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
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * A record in one znode of ZooKeeper. A read is preceded by a {@code sync}; a write compares the data version of the znode
 * and its incarnation, see {@link RecordWrite}.
 */
final class ZooKeeperLock implements ResourceLock {

    private static final Duration GRANULARITY = Duration.ofSeconds(1);

    private final ZooKeeperConnection connection;
    private final ZooKeeperSessions sessions;
    private final LockCapabilities capabilities;
    private final String identity;
    private final String description;
    private final String path;
    private final List<ACL> acl;
    private final LeaseCodec codec;
    private final PreparedLease prepared;
    private final ZooKeeperErrors errors;
    private final Consumer<ZooKeeperLock> onClose;
    private final ZooKeeperCalls calls;
    private final Set<ZooKeeperWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Made by {@link ZooKeeperLocks}.
     *
     * @param candidate whose lock it is, and for which election
     * @param onClose told once, when the lock is closed
     */
    ZooKeeperLock(Shared shared, Candidate candidate, ZooKeeperErrors errors, Consumer<ZooKeeperLock> onClose) {
        this.connection = shared.connection();
        this.sessions = shared.sessions();
        this.capabilities = new LockCapabilities(true, GRANULARITY, GRANULARITY, shared.leases() == Leases.SESSION);
        this.calls = new ZooKeeperCalls(connection, errors::closed);
        this.identity = candidate.identity();
        this.prepared = new PreparedLease(identity);
        this.description = candidate.name() + " (" + candidate.place() + ")";
        this.path = candidate.path();
        this.acl = shared.acl();
        this.codec = new LeaseCodec(candidate.name(), candidate.prefix(), candidate.place());
        this.errors = errors;
        this.onClose = onClose;
    }

    /**
     * What the locks of one {@link ZooKeeperLocks} have in common.
     *
     * @param sessions those that records may name
     * @param leases who watches over the leases of their leaders
     * @param acl what created znodes get
     */
    record Shared(ZooKeeperConnection connection, ZooKeeperSessions sessions, Leases leases, List<ACL> acl) {}

    /**
     * Who campaigns where.
     *
     * @param name the name of the election
     * @param identity the identity of the candidate
     * @param prefix what the name is joined to
     * @param path the path of the znode
     * @param place the path and its ZooKeeper, for messages
     */
    record Candidate(String name, String identity, String prefix, String path, String place) {}

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
        return read(true, null, found -> found.map(this::snapshot));
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> look(Duration patience) {
        return watches.stream()
                .findFirst()
                .<CompletionStage<Optional<LockSnapshot>>>map(
                        watch -> sessions.looks().look(watch, patience))
                .orElseGet(this::get);
    }

    /**
     * What {@code reading} makes of what stands there.
     *
     * @param fresh whether it has to be no older than this call, whichever member answers
     * @param watcher told of the next change after what is answered; none if null
     */
    <R> CompletableFuture<R> read(
            boolean fresh, @Nullable Watcher watcher, Function<Optional<RecordRead.Found>, R> reading) {
        return calls.call(
                (zooKeeper, call) -> {
                    if (fresh) {
                        // Requests of one session are answered in order: if this one fails, so does the next.
                        zooKeeper.sync(path, (code, at, context) -> {}, null);
                    }
                    new RecordRead(zooKeeper, path, watcher, call).start();
                },
                (error, surelyNotSent) -> errors.ofRead(error),
                reading);
    }

    /**
     * The record in what was read.
     *
     * @throws io.github.leaderelection.spi.MalformedRecordException if it is none
     */
    LockSnapshot snapshot(RecordRead.Found found) {
        DecodedLease lease = codec.decode(found.bytes());
        prepared.note(found.bytes(), lease);
        return new LockSnapshot(
                lease.record(),
                new ZooKeeperVersion(found.zxid(), found.version(), RecordWrite.incarnation(lease), found.bytes()));
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        String incarnation = RecordWrite.newIncarnation();
        byte[] bytes = codec.encode(record, RecordWrite.with(incarnation, codec.blank()));
        return write(incarnation, (write, call) -> write.create(bytes, call));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof ZooKeeperVersion version)) {
            throw new IllegalArgumentException("expected a version of a record in ZooKeeper, but came "
                    + expected.getClass().getName() + "; hand back what this lock handed out");
        }
        String incarnation = version.incarnation().orElseGet(RecordWrite::newIncarnation);
        DecodedLease previous = prepared.of(version.document(), () -> codec.decode(version.document()));
        byte[] bytes = codec.encode(record, RecordWrite.with(incarnation, previous));
        return write(incarnation, (write, call) -> write.update(bytes, version, call));
    }

    @FunctionalInterface
    private interface Sending {
        void send(RecordWrite write, ZooKeeperCall<WriteResult> call);
    }

    private CompletionStage<WriteResult> write(String incarnation, Sending sending) {
        return calls.call(
                (zooKeeper, call) -> sending.send(new RecordWrite(zooKeeper, path, acl, codec, incarnation), call),
                errors::ofWrite,
                Function.identity());
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        ZooKeeperWatch watch = new ZooKeeperWatch(connection, this, watcher);
        watches.add(watch);
        if (closed && watches.remove(watch)) {
            throw errors.closed();
        }
        watch.start();
        return watch;
    }

    String path() {
        return path;
    }

    ZooKeeperErrors errors() {
        return errors;
    }

    void forget(ZooKeeperWatch watch) {
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
        return "ZooKeeperLock[" + description + ", identity=" + identity + "]";
    }
}
