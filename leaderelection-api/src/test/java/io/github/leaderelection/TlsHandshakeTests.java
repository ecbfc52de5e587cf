package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutual TLS over real sockets on loopback. */
class TlsHandshakeTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestAuthority authority;
    private final TlsDirectory serverDirectory;
    private final TlsDirectory clientDirectory;
    private final TlsDirectory.Credentials client;
    private final TlsConfig clientConfig;
    private final TlsConfig serverConfig;

    TlsHandshakeTests(@TempDir Path temporary) throws Exception {
        authority = new TestAuthority("authority");
        TlsDirectory.Credentials server = TlsDirectory.Credentials.issuedBy(authority, "server", "EC");
        client = TlsDirectory.Credentials.issuedBy(authority, "client", "EC");
        serverDirectory = TlsDirectory.create(temporary.resolve("server"), server, authority);
        clientDirectory = TlsDirectory.create(temporary.resolve("client"), client, authority);
        clientConfig = TlsConfig.fromDirectory(clientDirectory.path());
        serverConfig = TlsConfig.fromDirectory(serverDirectory.path());
    }

    /** What the server says to a client that expects it to be {@code host}: the serial of the client's certificate. */
    private static String ask(SSLContext context, TlsTestServer server, String host) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, server.port(), true)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return String.valueOf(line);
        }
    }

    private static void awaitUntil(Callable<Boolean> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.call()) {
            assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), "not within " + PATIENCE);
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void bothSidesProveWhoTheyAre(String algorithm) throws Exception {
        TlsDirectory.Credentials credentials = TlsDirectory.Credentials.issuedBy(authority, "client", algorithm);
        clientDirectory.put(credentials);

        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            assertEquals(credentials.serial(), ask(clientConfig.sslContext(), server, "localhost"));
        }
    }

    /** Pain 14. */
    @Test
    void aRotatedCertificateIsOfferedInALaterHandshakeOfTheSameContext() throws Exception {
        SSLContext context = clientConfig.sslContext();
        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            assertEquals(client.serial(), ask(context, server, "localhost"));

            TlsDirectory.Credentials rotated = TlsDirectory.Credentials.issuedBy(authority, "client", "RSA");
            clientDirectory.put(rotated);

            awaitUntil(() -> ask(context, server, "localhost").equals(rotated.serial()));
        }
    }

    /** Pain 14. */
    @Test
    void aRotatedAuthorityIsTrustedInALaterHandshakeOfTheSameContextAndTheOldOneIsNot() throws Exception {
        TestAuthority other = new TestAuthority("other");
        SSLContext context = clientConfig.sslContext();
        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            assertEquals(client.serial(), ask(context, server, "localhost"));

            clientDirectory.trust(other);
            awaitUntil(() -> isRefused(context, server));

            serverDirectory.put(TlsDirectory.Credentials.issuedBy(other, "server", "EC"));
            awaitUntil(() -> !isRefused(context, server));
        }
    }

    private static boolean isRefused(SSLContext context, TlsTestServer server) throws IOException {
        try {
            ask(context, server, "localhost");
            return false;
        } catch (SSLHandshakeException refused) {
            return true;
        }
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            SSLHandshakeException refusal = assertThrows(
                    SSLHandshakeException.class, () -> ask(clientConfig.sslContext(), server, "elsewhere.example"));

            assertTrue(String.valueOf(refusal.getMessage()).contains("elsewhere.example"), refusal.toString());
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        serverDirectory.put(TlsDirectory.Credentials.issuedBy(new TestAuthority("other"), "server", "EC"));

        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            assertThrows(SSLHandshakeException.class, () -> ask(clientConfig.sslContext(), server, "localhost"));
        }
    }

    @Test
    void aClientOfAnotherAuthorityIsRefused() throws Exception {
        clientDirectory.put(TlsDirectory.Credentials.issuedBy(new TestAuthority("other"), "client", "EC"));

        try (TlsTestServer server = new TlsTestServer(serverConfig.sslContext())) {
            assertThrows(SSLException.class, () -> ask(clientConfig.sslContext(), server, "localhost"));
        }
    }

    /** Engines take another way through the managers than sockets do. */
    @Test
    void anHttpClientProvesWhoItIsAndChecksTheNameOfTheServer() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext context = serverConfig.sslContext();
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                parameters.setSSLParameters(tls);
            }
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            HttpClient http = HttpClient.newBuilder()
                    .sslContext(clientConfig.sslContext())
                    .build();
            int port = server.getAddress().getPort();
            assertEquals(204, get(http, "https://localhost:" + port + "/"));
            assertThrows(IOException.class, () -> get(http, "https://127.0.0.1:" + port + "/"));
        } finally {
            server.stop(0);
        }
    }

    private static int get(HttpClient http, String uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE).build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }
}
