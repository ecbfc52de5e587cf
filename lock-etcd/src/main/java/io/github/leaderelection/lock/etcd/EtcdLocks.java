package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Client;
import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.lock.support.RecordKey;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens locks on etcd 3.4 or later, all over one connection.
 * <pre>{@code
 * try (EtcdLocks locks = EtcdLocks.builder().endpoints("http://127.0.0.1:2379").connect()) {
 *     ResourceLock lock = locks.lock("demo/scheduler", "pod-a");
 * }
 * }</pre>
 *
 * <p>The record of an election is the value of one key: prefix and name, joined with a slash and cleaned as a path. It is the
 * JSON of a Kubernetes Lease, as the Go package {@code leaderelection} writes it. It counts in whole seconds: leases below a second,
 * and fractions of seconds, are refused.
 *
 * <p>By default one key under {@code .sessions} below the prefix stands for all elections that one client leads: the client
 * rewrites that one, and the records stay as they are. Whoever waits for a leader deletes its client's key when it was not rewritten for
 * the whole lease. Where candidates of other make take part, as the Go package's, all have to renew their records instead:
 * {@link Builder#leases(Leases) leases(Leases.OBSERVED)}.
 *
 * <p>May be used from any thread. All threads behind it are daemons, and few for any number of locks: one of its own, and those
 * with which gRPC reads connections, one per processor at most, which all gRPC clients of the process share. The system property
 * {@code io.netty.eventLoopThreads} bounds them.
 */
public final class EtcdLocks implements AutoCloseable {

    /** The default prefix of keys. */
    public static final String DEFAULT_PREFIX = "/registry/leaderelection";

    /**
     * The default bound of one request: 5 s. Half of the default renew deadline, so that a renewal which gets no answer leaves
     * time for another one.
     */
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** How leaders hold their records by default. */
    static final Leases DEFAULT_LEASES = Leases.SESSION;

    private final EtcdLock.Home home;
    private final Set<EtcdLock> locks = ConcurrentHashMap.newKeySet();
    private final Consumer<EtcdLock> forget = locks::remove;
    private volatile boolean closed;

    /**
     * With sessions one stream tells of all elections: a client is sent what happens to any below the prefix, which is little
     * as leaders do not renew their records.
     */
    private EtcdLocks(EtcdConnection connection, String prefix, String address, Optional<String> user, Leases leases) {
        SessionMarkers markers = new SessionMarkers(prefix);
        EtcdErrors errors = EtcdErrors.ofRange(markers.rights(), address, user);
        Optional<EtcdFeed> feed = leases == Leases.SESSION
                ? EtcdRange.below(prefix).map(range -> new EtcdFeed(connection, range, errors))
                : Optional.empty();
        EtcdSessions sessions = new EtcdSessions(connection, markers, address, user);
        EtcdLooks looks = new EtcdLooks(connection, errors);
        this.home = new EtcdLock.Home(connection, prefix, address, user, leases, sessions, looks, feed);
    }

    /** Settings with defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A lock for one candidate of one election. To be closed by the caller; at the latest it is closed with this object.
     *
     * @param name the name of the election; not blank, and not below {@code .sessions}, where clients keep their sessions
     * @param identity the identity of the candidate; not blank
     * @throws IllegalArgumentException if one is blank, or if prefix and name make no key, or one of a session
     * @throws IllegalStateException if this object is closed
     */
    public ResourceLock lock(String name, String identity) {
        return lock(name, identity, forget);
    }

    private ResourceLock lock(String name, String identity, Consumer<EtcdLock> onClose) {
        if (closed) {
            throw new IllegalStateException("these locks are closed; connect again");
        }
        if (identity.isBlank()) {
            throw new IllegalArgumentException("identity must not be blank: it says who holds the election");
        }
        String key = RecordKey.of(home.prefix(), name);
        home.sessions().markers().requireOutside(key, name);
        EtcdLock lock = new EtcdLock(home, name, identity, key, onClose);
        locks.add(lock);
        return lock;
    }

    /** Closes the locks that are open, and the connection; a client that was handed in stays open. Idempotent. */
    @Override
    public void close() {
        closed = true;
        locks.forEach(EtcdLock::close);
        home.sessions().close();
        home.looks().close();
        home.connection().close();
    }

    @Override
    public String toString() {
        return "EtcdLocks[prefix=" + home.prefix() + home.address() + "]";
    }

    /** Settings of a connection. Not for use from several threads. */
    public static final class Builder {
        private List<String> endpoints = List.of();
        private String prefix = DEFAULT_PREFIX;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable TlsConfig tls;
        private Duration requestTimeout = DEFAULT_REQUEST_TIMEOUT;
        private Leases leases = DEFAULT_LEASES;
        private @Nullable Client client;

        private Builder() {}

        /**
         * Where etcd is, for example {@code http://10.0.0.1:2379}: one or more members of one cluster, all with {@code http}
         * or all with {@code https}.
         */
        public Builder endpoints(String... endpoints) {
            this.endpoints = List.of(endpoints);
            return this;
        }

        /** As {@link #endpoints(String...)}. */
        public Builder endpoints(List<String> endpoints) {
            this.endpoints = List.copyOf(endpoints);
            return this;
        }

        /** What names of elections are joined to; {@value EtcdLocks#DEFAULT_PREFIX} by default. */
        public Builder prefix(String prefix) {
            this.prefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        /** The user of etcd; neither may be empty. A token that runs out is replaced without further ado. */
        public Builder user(String user, String password) {
            this.user = Objects.requireNonNull(user, "user");
            this.password = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * The client certificate, and the authorities that vouch for the server. Without it, {@code https} trusts the
         * authorities of the JDK and shows no certificate.
         */
        public Builder tls(TlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /**
         * The bound of one request, at least 100 ms; 5 s by default. A watch that says nothing for twice as long is opened
         * anew. Should be at most half of the renew deadline.
         */
        public Builder requestTimeout(Duration requestTimeout) {
            this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
            return this;
        }

        /**
         * How the leaders among these locks hold their records; by session, by default. A candidate that holds by session needs
         * the rights to read and write all keys below the prefix, as its session is there, and so do those that are to take
         * over from it.
         */
        public Builder leases(Leases leases) {
            this.leases = Objects.requireNonNull(leases, "leases");
            return this;
        }

        /**
         * A client of the caller, instead of endpoints, user and TLS. It is not closed with the locks. Its own settings count:
         * a client that waits for connections, as jetcd's do by default, keeps every request for as long as an outage lasts,
         * may send it long after the lock has reported its fate as unknown, and has every write that failed for want of a
         * connection reported so. Nor can the lock reach into it: a request that the lock gives up is not called off on the
         * wire, and a member that lost the others may let requests wait instead of refusing them. Build it with
         * {@code waitForReady(false)}, {@code retryMaxAttempts(0)} and {@code header("hasleader", "true")}.
         */
        public Builder client(Client client) {
            this.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Makes a connection. Does not wait for etcd: that it is away is told by the calls of the locks.
         *
         * @throws IllegalArgumentException if the settings make no sense; names the setting
         */
        public EtcdLocks connect() {
            if (requestTimeout.compareTo(Duration.ofMillis(100)) < 0
                    || requestTimeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("requestTimeout must be from 100ms to 1h, but is " + requestTimeout);
            }
            Client handedIn = client;
            if (handedIn != null) {
                if (!endpoints.isEmpty() || user != null || tls != null) {
                    throw new IllegalArgumentException(
                            "a client is given, and so are endpoints, user or tls: give either, not both");
                }
                return new EtcdLocks(
                        EtcdConnection.borrowing(handedIn, requestTimeout), prefix, "", Optional.empty(), leases);
            }
            EtcdClients clients = new EtcdClients(endpoints, user, password, tls, requestTimeout);
            return new EtcdLocks(
                    EtcdConnection.owning(clients, requestTimeout),
                    prefix,
                    " at " + String.join(",", endpoints),
                    Optional.ofNullable(user),
                    leases);
        }

        /**
         * Makes a connection for one lock alone, which is closed with it.
         *
         * @throws IllegalArgumentException as {@link #connect()} and {@link EtcdLocks#lock(String, String)}
         */
        public ResourceLock lock(String name, String identity) {
            EtcdLocks locks = connect();
            try {
                return locks.lock(name, identity, closing -> locks.close());
            } catch (RuntimeException refused) {
                locks.close();
                throw refused;
            }
        }
    }
}
