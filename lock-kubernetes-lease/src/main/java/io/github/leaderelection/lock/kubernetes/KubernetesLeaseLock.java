package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.kubernetes.LeaseDocuments.Listed;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A record in one Lease. Reads go to etcd, past the API server's cache; a write carries the {@code resourceVersion} and the
 * {@code uid} that the API server compares.
 */
final class KubernetesLeaseLock implements ResourceLock {

    /** A watch is a connection, which a leader can do without. */
    private static final LockCapabilities CAPABILITIES =
            new LockCapabilities(true, Duration.ofSeconds(1), Duration.ofSeconds(1), false, false);

    private final KubernetesConnection connection;
    private final String identity;
    private final String description;
    private final LeasePaths paths;
    private final LeaseDocuments documents;
    private final KubernetesLeaseErrors errors;
    private final LeaseEvents events;
    private final Consumer<KubernetesLeaseLock> onClose;
    private final Set<KubernetesCall<?>> calls = ConcurrentHashMap.newKeySet();
    private final Set<KubernetesLeaseWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Made by {@link KubernetesLeaseLocks}.
     *
     * @param candidate whose lock it is, and for which election
     * @param onClose told once, when the lock is closed
     */
    KubernetesLeaseLock(
            KubernetesConnection connection,
            Candidate candidate,
            LeaseDocuments documents,
            KubernetesLeaseErrors errors,
            Consumer<KubernetesLeaseLock> onClose) {
        this.connection = connection;
        this.identity = candidate.identity();
        this.description = candidate.name() + " (" + candidate.place() + ")";
        this.paths = candidate.paths();
        this.documents = documents;
        this.errors = errors;
        this.events = new LeaseEvents(connection, paths, candidate.place());
        this.onClose = onClose;
    }

    /**
     * Who campaigns where.
     *
     * @param name the name of the election
     * @param identity the identity of the candidate
     * @param paths where the Lease is
     * @param place the Lease and its API server, for messages
     */
    record Candidate(String name, String identity, LeasePaths paths, String place) {}

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
        return CAPABILITIES;
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return call(Verb.GET, paths.one(), null, reply -> {
            if (reply.code() == Reply.NOT_FOUND && reply.resource().equals("leases")) {
                return Optional.empty();
            }
            return Optional.of(snapshot(required(Verb.GET, reply).body()));
        });
    }

    /** What stands there, with the version from which to watch. */
    CompletableFuture<Listed> list() {
        return call(
                Verb.LIST,
                paths.list(),
                null,
                reply -> required(Verb.LIST, reply)
                        .json()
                        .flatMap(Listed::of)
                        .orElseThrow(() -> errors.ofNonsense(Verb.LIST, "'" + reply.message() + "'")));
    }

    /**
     * The record in a Lease.
     *
     * @throws MalformedRecordException if it is none
     */
    LockSnapshot snapshot(byte[] lease) {
        return documents.snapshot(lease);
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        byte[] body = documents.create(record);
        return call(
                Verb.CREATE,
                paths.all(),
                body,
                reply -> reply.code() == Reply.CONFLICT ? WriteResult.conflict() : written(Verb.CREATE, reply));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        if (!(expected instanceof KubernetesLeaseVersion version)) {
            throw new IllegalArgumentException("expected a version of a Lease, but came "
                    + expected.getClass().getName() + "; hand back what this lock handed out");
        }
        byte[] body = documents.update(record, version);
        return call(Verb.UPDATE, paths.one(), body, reply -> {
            boolean gone = reply.code() == Reply.NOT_FOUND && reply.resource().equals("leases");
            return gone || reply.code() == Reply.CONFLICT ? WriteResult.conflict() : written(Verb.UPDATE, reply);
        });
    }

    private WriteResult written(Verb verb, Reply reply) {
        required(verb, reply);
        try {
            return WriteResult.written(documents.version(reply.body()));
        } catch (MalformedRecordException noLease) {
            throw errors.ofNonsense(verb, "'" + reply.message() + "'");
        }
    }

    private Reply required(Verb verb, Reply reply) {
        if (!reply.isSuccess()) {
            throw errors.ofReply(verb, reply);
        }
        return reply;
    }

    private <T> CompletableFuture<T> call(Verb verb, String path, byte @Nullable [] body, Function<Reply, T> reading) {
        if (closed) {
            return CompletableFuture.failedFuture(errors.closed());
        }
        KubernetesCall<T> call =
                new KubernetesCall<>(connection, new KubernetesCall.Request(verb, path, body), errors, reading);
        calls.add(call);
        call.result().whenComplete((answer, error) -> calls.remove(call));
        call.start();
        if (closed) {
            call.abort();
        }
        return call.result();
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        KubernetesLeaseWatch watch = new KubernetesLeaseWatch(connection, this, watcher);
        watches.add(watch);
        if (closed && watches.remove(watch)) {
            throw errors.closed();
        }
        watch.start();
        return watch;
    }

    /** An Event of Kubernetes about the Lease. */
    @Override
    public void recordEvent(String message) {
        if (!closed) {
            events.post(message);
        }
    }

    LeasePaths paths() {
        return paths;
    }

    KubernetesLeaseErrors errors() {
        return errors;
    }

    void forget(KubernetesLeaseWatch watch) {
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
                LockException cause = errors.closed();
                watch.breakOff(cause);
            }
        });
        calls.forEach(KubernetesCall::abort);
        onClose.accept(this);
    }

    @Override
    public String toString() {
        return "KubernetesLeaseLock[" + description + ", identity=" + identity + "]";
    }
}
