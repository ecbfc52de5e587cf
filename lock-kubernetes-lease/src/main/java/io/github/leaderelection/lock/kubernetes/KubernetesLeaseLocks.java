package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.ResourceLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens locks on Leases of Kubernetes 1.14 or later, all over one client.
 * <pre>{@code
 * try (KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder().connect()) { // in a pod
 *     ResourceLock lock = locks.lock("scheduler", System.getenv("POD_NAME"));
 * }
 * }</pre>
 *
 * <p>The record of an election is one {@code coordination.k8s.io/v1} Lease, as client-go writes it, so that candidates of both
 * can contend. Its name is that of the election, with dots for slashes. It counts in whole seconds: leases below a second, and
 * fractions of seconds, are refused. Labels, annotations and fields that this library does not know survive.
 *
 * <p>A candidate needs the verbs {@code get}, {@code list}, {@code watch}, {@code create} and {@code update} on {@code leases}
 * of {@code coordination.k8s.io}, and {@code create} on {@code events} if events are wanted. Without {@code list} or
 * {@code watch} it polls.
 *
 * <p>May be used from any thread. All threads behind it are daemons. On JDKs before 21 the one thread of the JDK's HTTP client
 * ends, and its idle connections close, with the first garbage collection after the close.
 */
public final class KubernetesLeaseLocks implements AutoCloseable {

    /** The namespace where nothing says another one. */
    public static final String DEFAULT_NAMESPACE = "default";

    /**
     * The default bound of one request: 5 s. Half of the default renew deadline, so that a renewal which gets no answer leaves
     * time for another one.
     */
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final KubernetesConnection connection;
    private final Settings settings;
    private final Set<KubernetesLeaseLock> locks = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private KubernetesLeaseLocks(KubernetesConnection connection, Settings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    private record Settings(
            String namespace, String url, Map<String, String> labels, Map<String, String> annotations) {}

    /** Settings with defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A lock for one candidate of one election. To be closed by the caller; at the latest it is closed with this object.
     *
     * @param name the name of the election, from which comes that of the Lease: lower-case letters, digits, {@code -},
     *     {@code .} and {@code /}
     * @param identity the identity of the candidate; not blank
     * @throws IllegalArgumentException if the identity is blank, or if the name makes no name of a Lease
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
        LeasePaths paths = LeasePaths.of(settings.namespace, name);
        String place = "Lease " + paths.lease() + " in namespace " + paths.namespace() + " at " + settings.url;
        KubernetesLeaseLock lock = new KubernetesLeaseLock(
                connection,
                new KubernetesLeaseLock.Candidate(name, identity, paths, place),
                new LeaseDocuments(paths, place, settings.labels, settings.annotations),
                new KubernetesLeaseErrors(place, paths.namespace()),
                closing -> {
                    locks.remove(closing);
                    onClose.run();
                });
        locks.add(lock);
        return lock;
    }

    /** Closes the locks that are open, and the client; one that was handed in stays open. Idempotent. */
    @Override
    public void close() {
        closed = true;
        locks.forEach(KubernetesLeaseLock::close);
        connection.close();
    }

    @Override
    public String toString() {
        return "KubernetesLeaseLocks[namespace " + settings.namespace + " at " + settings.url + "]";
    }

    /** Settings of a connection. Not for use from several threads. */
    public static final class Builder {

        /** What Kubernetes calls a DNS label (RFC 1123). */
        private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

        private @Nullable String url;
        private @Nullable String token;
        private @Nullable Path tokenFile;
        private @Nullable Path caFile;
        private @Nullable TlsConfig tls;
        private @Nullable Path kubeconfig;
        private @Nullable KubernetesClient client;
        private @Nullable String namespace;
        private Map<String, String> labels = Map.of();
        private Map<String, String> annotations = Map.of();
        private Duration requestTimeout = DEFAULT_REQUEST_TIMEOUT;

        private Builder() {}

        /**
         * Where the API server is, for example {@code https://10.0.0.1:6443}. Without it, and without a kubeconfig or a client,
         * the service account of the pod is used, or the kubeconfig of the environment.
         */
        public Builder url(String url) {
            this.url = Objects.requireNonNull(url, "url");
            return this;
        }

        /** The bearer token, for a {@link #url}. */
        public Builder token(String token) {
            this.token = Objects.requireNonNull(token, "token");
            return this;
        }

        /** A file with the bearer token, for a {@link #url}. It is read for each request, so that it may be replaced. */
        public Builder tokenFile(Path tokenFile) {
            this.tokenFile = Objects.requireNonNull(tokenFile, "tokenFile");
            return this;
        }

        /** The certificates of the authorities that vouch for the API server, for a {@link #url}; the JDK's by default. */
        public Builder caFile(Path caFile) {
            this.caFile = Objects.requireNonNull(caFile, "caFile");
            return this;
        }

        /** The client certificate, and the authorities that vouch for the API server, for a {@link #url}. */
        public Builder tls(TlsConfig tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** A kubeconfig, of which the current context counts. */
        public Builder kubeconfig(Path kubeconfig) {
            this.kubeconfig = Objects.requireNonNull(kubeconfig, "kubeconfig");
            return this;
        }

        /**
         * A client of the caller, instead of a URL or a kubeconfig. It is not closed with the locks. Its HTTP client and its
         * namespace count; its retries do not, because a write must not be sent twice.
         */
        public Builder client(KubernetesClient client) {
            this.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /** The namespace of the Leases. By default that of the pod, of the kubeconfig or of the client, else {@code default}. */
        public Builder namespace(String namespace) {
            this.namespace = Objects.requireNonNull(namespace, "namespace");
            return this;
        }

        /** Labels that the Lease is to bear, besides what others give it. */
        public Builder labels(Map<String, String> labels) {
            this.labels = Map.copyOf(labels);
            return this;
        }

        /** Annotations that the Lease is to bear, besides what others give it. */
        public Builder annotations(Map<String, String> annotations) {
            this.annotations = Map.copyOf(annotations);
            return this;
        }

        /**
         * The bound of one request, from 100 ms to 1 h; 5 s by default. A watch that cannot list for twice as long is broken.
         * Should be at most half of the renew deadline.
         */
        public Builder requestTimeout(Duration requestTimeout) {
            this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
            return this;
        }

        /**
         * Makes a client. Does not wait for the API server: that it is away is told by the calls of the locks.
         *
         * @throws IllegalArgumentException if the settings make no sense; names the setting
         */
        public KubernetesLeaseLocks connect() {
            if (requestTimeout.compareTo(Duration.ofMillis(100)) < 0
                    || requestTimeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("requestTimeout must be from 100ms to 1h, but is " + requestTimeout);
            }
            KubernetesAccess.Credentials credentials = new KubernetesAccess.Credentials(token, tokenFile, caFile, tls);
            boolean several = (url != null ? 1 : 0) + (kubeconfig != null ? 1 : 0) + (client != null ? 1 : 0) > 1;
            if (several || (url == null && credentials.areGiven())) {
                throw new IllegalArgumentException(
                        "expected one of url (with token, tokenFile, caFile or tls), kubeconfig"
                                + " and client, or none for what a pod finds; "
                                + (several
                                        ? "but more than one is given"
                                        : "but what goes with a url is given without it"));
            }
            if (client != null) {
                return over(client);
            }
            KubernetesAccess access = access(credentials);
            Settings settings = settings(access.namespace(), access.url());
            return new KubernetesLeaseLocks(
                    KubernetesConnection.owning(
                            executor -> access.client(requestTimeout, executor), access.url(), requestTimeout),
                    settings);
        }

        private KubernetesAccess access(KubernetesAccess.Credentials credentials) {
            if (url != null) {
                return KubernetesAccess.ofUrl(url, credentials);
            }
            if (kubeconfig != null) {
                return KubernetesAccess.ofKubeconfig(kubeconfig);
            }
            return KubernetesAccess.found(
                    System.getenv(), KubernetesAccess.SERVICE_ACCOUNT, Path.of(System.getProperty("user.home", "")));
        }

        private KubernetesLeaseLocks over(KubernetesClient handedIn) {
            String at = handedIn.getConfiguration().getMasterUrl();
            Settings settings = settings(Optional.ofNullable(handedIn.getNamespace()), at);
            return new KubernetesLeaseLocks(
                    KubernetesConnection.borrowing(handedIn.getHttpClient(), at, requestTimeout), settings);
        }

        private Settings settings(Optional<String> namespaceThere, String at) {
            String chosen = namespace != null ? namespace : namespaceThere.orElse(DEFAULT_NAMESPACE);
            if (!LABEL.matcher(chosen).matches()) {
                throw new IllegalArgumentException("namespace '" + chosen + "' is none: expected at most 63 lower-case"
                        + " letters, digits and '-', beginning and ending with a letter or digit");
            }
            return new Settings(chosen, at, labels, annotations);
        }

        /**
         * Makes a client for one lock alone, which is closed with it.
         *
         * @throws IllegalArgumentException as {@link #connect()} and {@link KubernetesLeaseLocks#lock(String, String)}
         */
        public ResourceLock lock(String name, String identity) {
            KubernetesLeaseLocks locks = connect();
            try {
                return locks.lock(name, identity, locks.connection::close);
            } catch (RuntimeException refused) {
                locks.close();
                throw refused;
            }
        }
    }
}
