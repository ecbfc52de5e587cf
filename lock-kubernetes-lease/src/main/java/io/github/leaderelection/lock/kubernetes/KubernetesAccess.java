package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.Excerpt;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an API server, and as whom: from a URL with what goes with it, from a kubeconfig, or, with neither, from what a
 * pod finds in its files and environment.
 *
 * @param config for fabric8's client
 * @param namespace the namespace that comes with it, if one does
 * @param tls client certificate and authorities, if given as a directory
 */
record KubernetesAccess(Config config, Optional<String> namespace, Optional<TlsConfig> tls) {

    /** Where a pod finds the token, the authorities and the namespace of its service account. */
    static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT";
    private static final String KUBECONFIG = "KUBECONFIG";

    /** A megabyte: more than hundreds of clusters and users take. */
    private static final int KUBECONFIG_BYTES_MAX = 1 << 20;

    /** What a URL can be given with. */
    record Credentials(
            @Nullable String token,
            @Nullable Path tokenFile,
            @Nullable Path caFile,
            @Nullable TlsConfig tls) {

        boolean areGiven() {
            return token != null || tokenFile != null || caFile != null || tls != null;
        }
    }

    /**
     * Over a URL.
     *
     * @throws IllegalArgumentException if something makes no sense; names the setting
     */
    static KubernetesAccess ofUrl(String url, Credentials credentials) {
        if (credentials.token() != null && credentials.tokenFile() != null) {
            throw new IllegalArgumentException("token and tokenFile are both given: give one");
        }
        if (credentials.caFile() != null && credentials.tls() != null) {
            throw new IllegalArgumentException(
                    "caFile and TLS files are both given: the latter bring their own ca.pem; give one");
        }
        ConfigBuilder builder = new ConfigBuilder(Config.empty()).withMasterUrl(checked(url, credentials));
        if (credentials.token() != null) {
            if (credentials.token().isBlank()) {
                throw new IllegalArgumentException("token must not be blank; leave it out for none");
            }
            builder.withOauthToken(
                    TokenFile.checked("token", credentials.token().strip()));
        }
        if (credentials.tokenFile() != null) {
            TokenFile file = new TokenFile(credentials.tokenFile());
            file.getToken(); // now, so that a missing file is told at once
            builder.withOauthTokenProvider(file);
        }
        if (credentials.caFile() != null) {
            builder.withCaCertFile(readable("caFile", credentials.caFile()).toString());
        }
        return new KubernetesAccess(builder.build(), Optional.empty(), Optional.ofNullable(credentials.tls()));
    }

    private static String checked(String url, Credentials credentials) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException unparsable) {
            throw wrongUrl(url, url.contains("@") ? null : unparsable);
        }
        boolean secure = "https".equals(uri.getScheme());
        boolean bare = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!(secure || "http".equals(uri.getScheme())) || !bare || uri.getHost() == null) {
            throw wrongUrl(url, null);
        }
        if (!secure && credentials.areGiven()) {
            throw new IllegalArgumentException("a token or TLS files are given, but the url is not https: '"
                    + Excerpt.of(url) + "'; nothing secret is sent in the clear");
        }
        return uri.toString();
    }

    /** Shows nothing of what may be a password. */
    private static IllegalArgumentException wrongUrl(String url, @Nullable Exception cause) {
        String shown = url.contains("@") ? "one with an '@' in it" : "'" + Excerpt.of(url) + "'";
        return new IllegalArgumentException("url must look like https://10.0.0.1:6443, but came " + shown, cause);
    }

    private static Path readable(String what, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    what + " " + file + " is not there, or cannot be read: see that the path is"
                            + " right and that this process may read the file");
        }
        return file;
    }

    /**
     * Over a kubeconfig and its current context. What it names, programs that fetch tokens included, is asked for by fabric8's
     * client, and anew when a token has expired.
     *
     * @throws IllegalArgumentException if it cannot be used
     */
    static KubernetesAccess ofKubeconfig(Path file) {
        requireSmall(readable("kubeconfig", file));
        Config config;
        try {
            config = Config.fromKubeconfig(file.toFile());
        } catch (RuntimeException unusable) {
            // Without the cause, whose message shows a piece of what may be a token or a key.
            throw new IllegalArgumentException("kubeconfig " + file
                    + " cannot be used: see what 'kubectl config view' says about it ("
                    + unusable.getClass().getSimpleName() + ")");
        }
        if (config.getCurrentContext() == null) {
            throw new IllegalArgumentException(
                    "kubeconfig " + file + " has no current context: set one with 'kubectl config use-context'");
        }
        Optional<String> namespace = Optional.ofNullable(config.getNamespace()).filter(name -> !name.isBlank());
        return new KubernetesAccess(config, namespace, Optional.empty());
    }

    private static void requireSmall(Path kubeconfig) {
        try {
            if (Files.size(kubeconfig) > KUBECONFIG_BYTES_MAX) {
                throw new IllegalArgumentException("kubeconfig " + kubeconfig + " has more than " + KUBECONFIG_BYTES_MAX
                        + " bytes: it must be some other file");
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("kubeconfig " + kubeconfig + " cannot be read", unreadable);
        }
    }

    /**
     * Over what is there: the service account of a pod, else the kubeconfig of {@code KUBECONFIG}, else {@code ~/.kube/config}.
     *
     * @param environment usually {@link System#getenv()}
     * @param serviceAccount usually {@link #SERVICE_ACCOUNT}
     * @param home the home directory of the user
     * @throws IllegalArgumentException if there is nothing; says what was looked for
     */
    static KubernetesAccess found(Map<String, String> environment, Path serviceAccount, Path home) {
        String host = environment.getOrDefault(HOST, "");
        Path tokenFile = serviceAccount.resolve("token");
        if (!host.isBlank() && Files.isReadable(tokenFile)) {
            String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                    + environment.getOrDefault(PORT, "443");
            Credentials credentials = new Credentials(null, tokenFile, serviceAccount.resolve("ca.crt"), null);
            KubernetesAccess access = ofUrl(url, credentials);
            return new KubernetesAccess(access.config, namespaceOfPod(serviceAccount), Optional.empty());
        }
        String named = environment.getOrDefault(KUBECONFIG, "");
        Path kubeconfig = named.isBlank() ? home.resolve(".kube").resolve("config") : Path.of(named);
        if (!named.isBlank() || Files.isReadable(kubeconfig)) {
            return ofKubeconfig(kubeconfig);
        }
        throw new IllegalArgumentException("no way to an API server is given, and none was found: not in a pod (" + HOST
                + " is " + (host.isBlank() ? "not set" : "set") + ", " + tokenFile + " "
                + (Files.isReadable(tokenFile) ? "is there" : "is not there or not readable") + "), " + KUBECONFIG
                + " is not set, and there is no " + kubeconfig
                + "; give url and token-file, or kubeconfig, or mount the token of a service account");
    }

    private static Optional<String> namespaceOfPod(Path serviceAccount) {
        Path file = serviceAccount.resolve("namespace");
        try {
            return Files.isReadable(file)
                    ? Optional.of(Files.readString(file).strip()).filter(name -> !name.isEmpty())
                    : Optional.empty();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the namespace of this pod cannot be read from " + file, unreadable);
        }
    }

    /** The URL of the API server. */
    String url() {
        return config.getMasterUrl().replaceFirst("/+$", "");
    }

    /**
     * Makes the client. It speaks HTTP/1.1, where a request that gets no answer ends with its connection, and the next one has
     * another: over HTTP/2 it would go the same dead way. It never repeats a request by itself.
     */
    HttpClient client(Duration requestTimeout, Executor executor) {
        config.setHttp2Disable(true);
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout((int) requestTimeout.toMillis());
        return new ClientFactory(executor, tls).newBuilder(config).build();
    }

    private static final class ClientFactory extends JdkHttpClientFactory {
        private final Executor executor;
        private final Optional<TlsConfig> tls;

        ClientFactory(Executor executor, Optional<TlsConfig> tls) {
            this.executor = executor;
            this.tls = tls;
        }

        @Override
        protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
            return java.net.http.HttpClient.newBuilder().executor(executor);
        }

        @Override
        protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
            tls.ifPresent(files -> builder.sslContext(files.sslContext()));
        }
    }
}
