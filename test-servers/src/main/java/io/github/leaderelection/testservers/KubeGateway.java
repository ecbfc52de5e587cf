package io.github.leaderelection.testservers;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Speaks to an API server over plain HTTPS, and shares no code with the clients under test. */
final class KubeGateway {

    private static final Duration CALL_MAX = Duration.ofSeconds(20);
    private static final Duration PROBE_MAX = Duration.ofSeconds(2);

    private final HttpClient http;
    private final URI base;
    private final String adminToken;

    KubeGateway(URI base, Path caFile, String adminToken) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(CALL_MAX)
                .sslContext(trusting(caFile))
                .build();
        this.base = base;
        this.adminToken = adminToken;
    }

    private static SSLContext trusting(Path caFile) {
        try (InputStream file = Files.newInputStream(caFile)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read " + caFile, failed);
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("cannot trust " + caFile, failed);
        }
    }

    /** Ready, and with the namespace {@code default}, which is made a moment later. */
    boolean ready() {
        return answersOk("/readyz") && answersOk("/api/v1/namespaces/default");
    }

    private boolean answersOk(String path) {
        try {
            HttpRequest request = request(adminToken, path).timeout(PROBE_MAX).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while kube-apiserver was starting", interrupted);
        }
    }

    /** What the server answers to somebody. */
    KubeReply send(String token, String method, String path, String body) {
        HttpRequest.BodyPublisher content =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest request = request(token, path)
                .header("Content-Type", "application/json")
                .method(method, content)
                .timeout(CALL_MAX)
                .build();
        try {
            HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new KubeReply(reply.statusCode(), reply.body());
        } catch (IOException failed) {
            throw new UncheckedIOException("kube-apiserver does not answer " + method + " " + path, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + method + " " + path, interrupted);
        }
    }

    private HttpRequest.Builder request(String token, String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
    }

    /** As {@link #send}, by the administrator. */
    KubeReply send(String method, String path, String body) {
        return send(adminToken, method, path, body);
    }

    /** Fails the test if the server does not like it. */
    JsonObject call(String method, String path, JsonObject body) {
        return JsonParser.parseString(accepted(method, path, send(method, path, body.toString())))
                .getAsJsonObject();
    }

    /** The text of what stands at {@code path}, which must be there. */
    String read(String path) {
        return accepted("GET", path, send("GET", path, ""));
    }

    /** The text of what stands at {@code path}; empty if there is nothing. */
    Optional<String> find(String path) {
        KubeReply reply = send("GET", path, "");
        return reply.status() == 404 ? Optional.empty() : Optional.of(accepted("GET", path, reply));
    }

    /** The items of a list. */
    List<JsonObject> list(String path, String member) {
        JsonObject list = JsonParser.parseString(read(path)).getAsJsonObject();
        return StreamSupport.stream(list.getAsJsonArray(member).spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    /** Deletes what stands at {@code path}; harmless if there is nothing. */
    void delete(String path) {
        KubeReply reply = send("DELETE", path, "");
        if (reply.status() != 404) {
            accepted("DELETE", path, reply);
        }
    }

    /** Makes {@code object} unless one of its name is there. */
    void createIfAbsent(String collection, JsonObject object) {
        KubeReply reply = send("POST", collection, object.toString());
        if (reply.status() != 409) {
            accepted("POST", collection, reply);
        }
    }

    private static String accepted(String method, String path, KubeReply reply) {
        if (!reply.succeeded()) {
            throw new IllegalStateException(
                    "kube-apiserver answered " + method + " " + path + " with " + reply.status() + ": " + reply.body());
        }
        return reply.body();
    }
}
