package io.github.leaderelection.testservers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Speaks to etcd through its JSON gateway, which shares no code with the clients under test. */
final class EtcdGateway {

    private static final Duration CALL_MAX = Duration.ofSeconds(20);
    private static final Pattern HANDLED = countOf("grpc_server_handled_total");
    private static final Pattern RECEIVED = countOf("grpc_server_msg_received_total");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CALL_MAX).build();
    private final URI base;
    private volatile @Nullable String rootPassword;

    EtcdGateway(URI base) {
        this.base = base;
    }

    /** From now on calls are made as root with this password. */
    void asRoot(@Nullable String password) {
        this.rootPassword = password;
    }

    boolean healthy() {
        try {
            HttpRequest request = HttpRequest.newBuilder(base.resolve("/health"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
            return reply.statusCode() == 200 && reply.body().contains("true");
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd was starting", interrupted);
        }
    }

    /** Whether this member leads its cluster; false if it does not answer. */
    boolean leadsCluster() {
        try {
            JsonObject status = call("/v3/maintenance/status", new JsonObject());
            String self = status.getAsJsonObject("header").get("member_id").getAsString();
            return status.has("leader") && status.get("leader").getAsString().equals(self);
        } catch (UncheckedIOException away) {
            return false;
        }
    }

    private static Pattern countOf(String metric) {
        return Pattern.compile(metric + "\\{.*grpc_method=\"(\\w+)\".*} (\\S+)");
    }

    Map<String, Long> handledByMethod() {
        return countByMethod(HANDLED);
    }

    Map<String, Long> receivedByMethod() {
        return countByMethod(RECEIVED);
    }

    private Map<String, Long> countByMethod(Pattern pattern) {
        String metrics = send(HttpRequest.newBuilder(base.resolve("/metrics")).timeout(CALL_MAX));
        Map<String, Long> counts = new TreeMap<>();
        Matcher matcher = pattern.matcher(metrics);
        while (matcher.find()) {
            counts.merge(matcher.group(1), (long) Double.parseDouble(matcher.group(2)), Long::sum);
        }
        return counts;
    }

    long put(String key, byte[] value) {
        JsonObject body = keyed(key);
        body.addProperty("value", Base64.getEncoder().encodeToString(value));
        return revision(call("/v3/kv/put", body));
    }

    Optional<EtcdValue> get(String key) {
        JsonArray found = call("/v3/kv/range", keyed(key)).getAsJsonArray("kvs");
        if (found == null || found.isEmpty()) {
            return Optional.empty();
        }
        JsonObject pair = found.get(0).getAsJsonObject();
        String value = pair.has("value") ? pair.get("value").getAsString() : "";
        return Optional.of(new EtcdValue(
                Base64.getDecoder().decode(value), pair.get("mod_revision").getAsLong()));
    }

    long delete(String key) {
        return revision(call("/v3/kv/deleterange", keyed(key)));
    }

    /** Throws away the history up to now. */
    void compact() {
        JsonObject range = keyed("leaderelection.testservers.none");
        JsonObject body = new JsonObject();
        body.addProperty("revision", Long.toString(revision(call("/v3/kv/range", range))));
        body.addProperty("physical", true);
        call("/v3/kv/compaction", body);
    }

    private static JsonObject keyed(String key) {
        JsonObject body = new JsonObject();
        body.addProperty("key", base64(key));
        return body;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long revision(JsonObject reply) {
        return reply.getAsJsonObject("header").get("revision").getAsLong();
    }

    /** Posts {@code body}; fails the test if etcd does not like it. */
    JsonObject call(String path, JsonObject body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(CALL_MAX)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        String password = rootPassword;
        if (password != null) {
            request.header("Authorization", token(password));
        }
        return JsonParser.parseString(send(request)).getAsJsonObject();
    }

    /** A new token for every call: tests are few, and tokens expire or die with a restart. */
    private String token(String password) {
        JsonObject body = new JsonObject();
        body.addProperty("name", "root");
        body.addProperty("password", password);
        String reply = send(HttpRequest.newBuilder(base.resolve("/v3/auth/authenticate"))
                .timeout(CALL_MAX)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        return JsonParser.parseString(reply).getAsJsonObject().get("token").getAsString();
    }

    private String send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (reply.statusCode() != 200) {
                throw new IllegalStateException(
                        "etcd answered " + request.uri() + " with " + reply.statusCode() + ": " + reply.body());
            }
            return reply.body();
        } catch (IOException failed) {
            throw new UncheckedIOException("etcd does not answer " + request.uri(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + request.uri(), interrupted);
        }
    }
}
