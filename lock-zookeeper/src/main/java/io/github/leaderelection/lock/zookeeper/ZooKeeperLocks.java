package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.lock.support.RecordKey;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * Opens locks on ZooKeeper 3.6 or later, all over one session.
 * <pre>{@code
 * try (ZooKeeperLocks locks = ZooKeeperLocks.builder().connectString("127.0.0.1:2181").connect()) {
 *     ResourceLock lock = locks.lock("demo/scheduler", "pod-a");
 * }
 * }</pre>
 *
 * <p>The record of an election is the data of one persistent znode: prefix and name, joined with a slash and cleaned as a
 * path. It is the JSON of a Kubernetes Lease. It counts in whole seconds: leases below a second, and fractions of seconds, are
 * refused.
 *
 * <p>By default one persistent znode under {@code .sessions} below the prefix stands for all elections that one client leads: the client
 * rewrites that one, and the records stay as they are. Whoever waits for a leader deletes its client's znode when it was not
 * rewritten for the whole lease. With {@link Leases#OBSERVED} the leader renews the record itself. Neither ZooKeeper's session nor an
 * ephemeral znode stands for a leader, so that a session of ZooKeeper that expires ends no tenure by itself.
 *
 * <p>A child of the znode of a record, named by the record's {@code metadata.uid}, guards against writes upon a record that was deleted
 * and made again; to delete a record, delete both ({@code deleteall}). Missing parents are made as persistent znodes.
 *
 * <p>May be used from any thread. All threads behind it are daemons.
 */
public final class ZooKeeperLocks implements AutoCloseable {

    /** The default prefix of paths. */
    public static final String DEFAULT_PREFIX = "/leaderelection";

    /**
     * The default session timeout: 10 s, of which ZooKeeper's client takes two thirds to notice that its connection is dead, which
     * leaves time for another one inside the default renew deadline. It pings a second before it has been idle for one third, and
     * so not at all while a leader writes every 2 s. A server may grant more, and grants at least two of its ticks.
     */
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** The default bound of one attempt to connect: 5 s. */
    public static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

    /**
     * The default bound of one request: 5 s. Half of the default renew deadline, so that a renewal which gets no answer leaves
     * time for another one.
     */
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** How leaders hold their records by default. */
    static final Leases DEFAULT_LEASES = Leases.SESSION;

    private final ZooKeeperConnection connection;
    private final ZooKeeperSessions sessions;
    private final String sessionsPath;
    private final Settings settings;
    private final Set<ZooKeeperLock> locks = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ZooKeeperLocks(ZooKeeperConnection connection, Settings settings) {
        this.connection = connection;
        this.settings = settings;
        this.sessionsPath = path(settings.prefix, ZooKeeperSessions.PARENT);
        String parent = connection.absolute(sessionsPath);
        ZooKeeperErrors errors = new ZooKeeperErrors("znode " + parent + settings.address, settings.user);
        this.sessions = new ZooKeeperSessions(connection, parent, settings.acl, errors);
    }

    private record Settings(String prefix, String address, Optional<String> user, List<ACL> acl, Leases leases) {}

    /** Settings with defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A lock for one candidate of one election. To be closed by the caller; at the latest it is closed with this object.
     *
     * @param name the name of the election; not blank
     * @param identity the identity of the candidate; not blank
     * @throws IllegalArgumentException if one is blank, or if prefix and name make no path of a znode
     * @throws IllegalStateException if this object is closed
     */
    public ResourceLock lock(String name, String identity) {
        return lock(name, identity, () -> {});
    }

    private ResourceLock lock(String name, String identity, Runnable onClose) {
        if (closed) {
            throw new IllegalStateException("these locks are closed; connect again");
        }
        if (identity.isBlank()) {
            throw new IllegalArgumentException("identity must not be blank: it says who holds the election");
        }
        String relative = path(settings.prefix, name);
        if (relative.equals(sessionsPath) || relative.startsWith(sessionsPath + "/")) {
            throw new IllegalArgumentException("name '" + name + "' leads to znode " + sessionsPath
                    + ", which is kept for sessions; take another name");
        }
        String path = connection.absolute(relative);
        String place = "znode " + path + settings.address;
        ZooKeeperLock.Candidate candidate = new ZooKeeperLock.Candidate(name, identity, settings.prefix, path, place);
        ZooKeeperErrors errors = new ZooKeeperErrors(place, settings.user);
        ZooKeeperLock.Shared shared = new ZooKeeperLock.Shared(connection, sessions, settings.leases, settings.acl);
        ZooKeeperLock lock = new ZooKeeperLock(shared, candidate, errors, closing -> {
            locks.remove(closing);
            onClose.run();
        });
        locks.add(lock);
        return lock;
    }

    private static String path(String prefix, String name) {
        String path = "/" + RecordKey.of(prefix, name).replaceFirst("^/", "");
        try {
            PathUtils.validatePath(path);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "prefix '" + prefix + "' and name '" + name + "' make no path of a znode: " + refused.getMessage(),
                    refused);
        }
        if (path.equals("/zookeeper") || path.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException("prefix '" + prefix + "' and name '" + name
                    + "' lead below /zookeeper, which ZooKeeper keeps for itself");
        }
        return path;
    }

    /** Closes the locks that are open, and the session; a client that was handed in stays open. Idempotent. */
    @Override
    public void close() {
        closed = true;
        locks.forEach(ZooKeeperLock::close);
        disconnect();
    }

    private void disconnect() {
        sessions.close();
        connection.close();
    }

    @Override
    public String toString() {
        return "ZooKeeperLocks[prefix=" + settings.prefix + settings.address + "]";
    }

    /** Settings of a connection. Not for use from several threads. */
    public static final class Builder {
        private @Nullable String connectString;
        private String prefix = DEFAULT_PREFIX;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable List<ACL> acl;
        private @Nullable TlsConfig tls;
        private Duration sessionTimeout = DEFAULT_SESSION_TIMEOUT;
        private Duration connectionTimeout = DEFAULT_CONNECTION_TIMEOUT;
        private Duration requestTimeout = DEFAULT_REQUEST_TIMEOUT;
        private Leases leases = DEFAULT_LEASES;
        private @Nullable CuratorFramework client;

        private Builder() {}

        /**
         * Where ZooKeeper is: {@code host:port}, comma-separated, and at the end, if wanted, a chroot that exists, for example
         * {@code 10.0.0.1:2181,10.0.0.2:2181/apps}.
         */
        public Builder connectString(String connectString) {
            this.connectString = Objects.requireNonNull(connectString, "connectString");
            return this;
        }

        /** What names of elections are joined to; {@value ZooKeeperLocks#DEFAULT_PREFIX} by default. */
        public Builder prefix(String prefix) {
            this.prefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        /**
         * Who the client is, by digest authentication; neither may be empty. What it creates is for that user alone, parents
         * included, unless {@link #acl} says otherwise.
         */
        public Builder digestAuth(String user, String password) {
            this.user = Objects.requireNonNull(user, "user");
            this.password = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * The ACL of znodes that are created. By default the authenticated user may do everything and others nothing; without
         * authentication everybody may do everything. Candidates need {@code READ}, {@code WRITE} and {@code CREATE}, and
         * with {@link Leases#SESSION} {@code DELETE}.
         */
        public Builder acl(List<ACL> acl) {
            this.acl = new ArrayList<>(
                    List.copyOf(acl)); // ZooKeeper asks it whether it contains null; List.of would throw
            return this;
        }

        /** The client certificate, and the authorities that vouch for the server. Read anew for each session. */
        public Builder tls(TlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** The session timeout that is asked for, from 1 s to 1 h; 10 s by default. */
        public Builder sessionTimeout(Duration sessionTimeout) {
            this.sessionTimeout = Objects.requireNonNull(sessionTimeout, "sessionTimeout");
            return this;
        }

        /** The bound of one attempt to connect, from 100 ms to 1 h; 5 s by default. */
        public Builder connectionTimeout(Duration connectionTimeout) {
            this.connectionTimeout = Objects.requireNonNull(connectionTimeout, "connectionTimeout");
            return this;
        }

        /**
         * The bound of one request, from 100 ms to 1 h; 5 s by default. A watch that cannot look for twice as long is broken.
         * Should be at most half of the renew deadline.
         */
        public Builder requestTimeout(Duration requestTimeout) {
            this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
            return this;
        }

        /**
         * How the leaders among these locks hold their records; by session, by default, which is one znode for all elections
         * of a client. Candidates need {@code DELETE} for it, too.
         */
        public Builder leases(Leases leases) {
            this.leases = Objects.requireNonNull(leases, "leases");
            return this;
        }

        /**
         * A client of the caller, started, instead of connect string, authentication, timeouts of the session, and TLS. It is
         * not closed with the locks. Its namespace counts; its retry policy, ACL provider and compression do not.
         */
        public Builder client(CuratorFramework client) {
            this.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Begins to connect. Does not wait for ZooKeeper: that it is away is told by the calls of the locks.
         *
         * @throws IllegalArgumentException if the settings make no sense; names the setting
         */
        public ZooKeeperLocks connect() {
            requireBetween("requestTimeout", requestTimeout, Duration.ofMillis(100));
            requireBetween("sessionTimeout", sessionTimeout, Duration.ofSeconds(1));
            requireBetween("connectionTimeout", connectionTimeout, Duration.ofMillis(100));
            if (acl != null && acl.isEmpty()) {
                throw new IllegalArgumentException("acl must not be empty: nobody could read what is created");
            }
            return client != null ? over(client) : connectAnew();
        }

        private ZooKeeperLocks over(CuratorFramework handedIn) {
            if (connectString != null || user != null || tls != null) {
                throw new IllegalArgumentException(
                        "a client is given, and so are connectString, digestAuth or tls: give either, not both");
            }
            if (handedIn.getState() != CuratorFrameworkState.STARTED) {
                throw new IllegalArgumentException("client must be started, but is " + handedIn.getState());
            }
            List<ACL> created = acl == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : acl;
            return new ZooKeeperLocks(
                    new ZooKeeperConnection(handedIn, () -> {}, requestTimeout),
                    new Settings(prefix, "", Optional.empty(), created, leases));
        }

        private ZooKeeperLocks connectAnew() {
            ZooKeeperClients clients =
                    new ZooKeeperClients(connectString, user, password, tls, sessionTimeout, connectionTimeout);
            List<ACL> byDefault = user == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : ZooDefs.Ids.CREATOR_ALL_ACL;
            CuratorFramework started = clients.start();
            return new ZooKeeperLocks(
                    new ZooKeeperConnection(started, () -> clients.close(started), requestTimeout),
                    new Settings(
                            prefix,
                            " at " + connectString,
                            Optional.ofNullable(user),
                            acl == null ? byDefault : acl,
                            leases));
        }

        private static void requireBetween(String what, Duration value, Duration min) {
            if (value.compareTo(min) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        what + " must be from " + min.toMillis() + "ms to 1h, but is " + value);
            }
        }

        /**
         * Makes a connection for one lock alone, which is closed with it.
         *
         * @throws IllegalArgumentException as {@link #connect()} and {@link ZooKeeperLocks#lock(String, String)}
         */
        public ResourceLock lock(String name, String identity) {
            ZooKeeperLocks locks = connect();
            try {
                return locks.lock(name, identity, locks::disconnect);
            } catch (RuntimeException refused) {
                locks.close();
                throw refused;
            }
        }
    }
}
