package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.Excerpt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Builds clients of jetcd that suit a lock. */
final class EtcdClients implements Supplier<Client> {

    /** The shortest that gRPC allows; etcd takes pings every five seconds. */
    private static final Duration KEEPALIVE_TIME = Duration.ofSeconds(10);

    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(3);

    private static final InlineExecutor INLINE = new InlineExecutor();

    /**
     * Has replies and events come on the thread that reads the connection. Else gRPC would bring each on a thread of a pool
     * that grows without bound: a burst for thousands of locks would start hundreds. Nothing that hears of them blocks.
     */
    private static final ClientInterceptor ON_THE_TRANSPORT = new ClientInterceptor() {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withExecutor(INLINE));
        }
    };

    private final ClientBuilder builder;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if they make no sense
     */
    EtcdClients(
            List<String> endpoints,
            @Nullable String user,
            @Nullable String password,
            @Nullable TlsConfig tls,
            Duration requestTimeout) {
        List<URI> uris = endpoints.stream().map(EtcdClients::endpoint).toList();
        builder = Client.builder()
                .endpoints(requireSome(uris))
                // A write must not be sent twice, and a call that waits for a connection is of no use to an election:
                // what cannot be sent fails at once, and the elector decides when to try again.
                .retryMaxAttempts(0)
                .waitForReady(false)
                .connectTimeout(requestTimeout)
                .keepaliveTime(KEEPALIVE_TIME)
                .keepaliveTimeout(KEEPALIVE_TIMEOUT)
                // etcd ends a connection that is pinged though nothing runs on it.
                .keepaliveWithoutCalls(false)
                .executorService(INLINE)
                .interceptor(CallTrace.INTERCEPTOR, ON_THE_TRANSPORT);
        if (user != null && password != null) {
            builder.user(notEmpty("user", user)).password(notEmpty("password", password));
        }
        if (secure(uris, tls)) {
            builder.sslContext(sslContext(tls));
        }
    }

    @Override
    public Client get() {
        return builder.build();
    }

    private static List<URI> requireSome(List<URI> uris) {
        if (uris.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoints are missing: say where etcd is, for example http://127.0.0.1:2379");
        }
        return uris;
    }

    private static URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = !uri.isOpaque()
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
            if (known && bare && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException unparsable) {
            throw wrongEndpoint(text, unparsable);
        }
        throw wrongEndpoint(text, null);
    }

    /** Shows nothing of what may be a password. */
    private static IllegalArgumentException wrongEndpoint(String text, @Nullable Exception cause) {
        String shown = text.contains("@") ? "one with an '@' in it" : "'" + Excerpt.of(text) + "'";
        return new IllegalArgumentException(
                "endpoints must look like http://127.0.0.1:2379 or https://etcd.example:2379, but came " + shown,
                cause == null || text.contains("@") ? null : cause);
    }

    private static ByteSequence notEmpty(String what, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(what + " must not be empty; leave both user and password out for none");
        }
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static boolean secure(List<URI> uris, @Nullable TlsConfig tls) {
        long secure =
                uris.stream().filter(uri -> "https".equals(uri.getScheme())).count();
        if (secure != 0 && secure != uris.size()) {
            throw new IllegalArgumentException("endpoints must be all http or all https, but are " + uris);
        }
        if (secure == 0 && tls != null) {
            throw new IllegalArgumentException("TLS files are given, but the endpoints are not https: " + uris
                    + "; write https:// or give no files");
        }
        return secure != 0;
    }

    private static SslContext sslContext(@Nullable TlsConfig tls) {
        SslContextBuilder context = SslContextBuilder.forClient();
        if (tls != null) {
            // A resumed session would go on with the certificates of its beginning, though the files have changed.
            context.keyManager(tls.keyManager())
                    .trustManager(tls.trustManager())
                    .sessionTimeout(1);
        }
        try {
            return GrpcSslContexts.configure(context, SslProvider.JDK).build();
        } catch (SSLException failed) {
            throw new IllegalArgumentException("the JDK refuses the TLS files: " + failed.getMessage(), failed);
        }
    }
}
