package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Client;
import io.github.leaderelection.lock.support.LockThread;
import io.github.leaderelection.lock.support.Turns;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the locks of one {@link EtcdLocks} share: jetcd's client, and one thread that keeps their deadlines and runs their
 * watches.
 *
 * <p>A client of our own is replaced when it gets no answers. gRPC waits longer and longer between its attempts to connect,
 * up to two minutes, and a connection into a network that swallows everything is noticed late; a new client connects at
 * once, so that the first call after an outage finds its way. And where one of several members is frozen, the old client goes
 * on to give it its share of the requests, until a ping finds it dead after {@link EtcdClients}' keep-alive time; a new client
 * never uses it, as it never gets a connection that speaks.
 */
final class EtcdConnection implements AutoCloseable {

    /**
     * How long a client that gets no answers at all is kept, at least: the outage costs one connection per second, no more.
     * One that gets answers to some of its requests is kept for a request timeout, at least.
     */
    private static final long REPLACED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A client that was replaced is closed after a request timeout, so that what is under way can end, or this at most. */
    private static final long RETIRED_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    /**
     * Of requests for records so many are under way: what keeps a session alive must not stand behind ten thousand of them, and
     * neither should they themselves.
     */
    private static final int REQUEST_COUNT_MAX = 128;

    private final @Nullable Supplier<Client> clients;
    private final Duration requestTimeout;
    private final LockThread thread = new LockThread("leaderelection-etcd");
    private final Turns requestTurns = new Turns(Runnable::run, thread::run, REQUEST_COUNT_MAX);
    private final Turns sessionTurns = new Turns(Runnable::run, thread::run, Integer.MAX_VALUE);
    private final Set<Client> retired = ConcurrentHashMap.newKeySet();
    private Client client;
    private long bornNanos = System.nanoTime();
    private long answeredNanos = bornNanos;
    private boolean closed;

    private EtcdConnection(Client client, @Nullable Supplier<Client> clients, Duration requestTimeout) {
        this.client = client;
        this.clients = clients;
        this.requestTimeout = requestTimeout;
    }

    /** Over clients that belong to the connection. */
    static EtcdConnection owning(Supplier<Client> clients, Duration requestTimeout) {
        return new EtcdConnection(clients.get(), clients, requestTimeout);
    }

    /** Over the user's client, which is neither replaced nor closed. */
    static EtcdConnection borrowing(Client client, Duration requestTimeout) {
        return new EtcdConnection(client, null, requestTimeout);
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    /** The client for the next request. */
    synchronized Client client() {
        return client;
    }

    LockThread thread() {
        return thread;
    }

    /** For requests that have to do with records. */
    Turns requestTurns() {
        return requestTurns;
    }

    /** For the few that have to do with sessions: nobody waits. */
    Turns sessionTurns() {
        return sessionTurns;
    }

    /** Tells that etcd answered, if only with a refusal. */
    synchronized void answered() {
        answeredNanos = System.nanoTime();
    }

    /** Tells that a request over {@code used} got no answer. */
    synchronized void unanswered(Client used) {
        long now = System.nanoTime();
        boolean silent = now - answeredNanos >= REPLACED_AFTER_NANOS;
        boolean settled = now - bornNanos >= requestTimeout.toNanos();
        if (closed || clients == null || used != client || !(silent || settled)) {
            return;
        }
        client = clients.get();
        bornNanos = now;
        answeredNanos = now;
        retired.add(used);
        thread.schedule(() -> retire(used), Math.min(requestTimeout.toNanos(), RETIRED_NANOS_MAX));
    }

    private void retire(Client used) {
        if (retired.remove(used)) {
            used.close();
        }
    }

    /** Ends the client if it is our own, and the thread, after what is queued now. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        thread.run(() -> {
            if (clients != null) {
                client().close();
                retired.forEach(this::retire);
            }
        });
        thread.close();
    }
}
