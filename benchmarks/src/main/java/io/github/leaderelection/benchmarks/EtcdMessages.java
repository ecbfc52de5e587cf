package io.github.leaderelection.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages that an etcd has received over gRPC, keep-alives on streams included, as its metrics have them. */
final class EtcdMessages {

    private static final Pattern RECEIVED = Pattern.compile("(?m)^grpc_server_msg_received_total\\{.*} (\\S+)$");

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest metrics;

    EtcdMessages(String endpoint) {
        metrics = HttpRequest.newBuilder(URI.create(endpoint + "/metrics")).build();
    }

    long received() {
        try {
            return sum(http.send(metrics, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException away) {
            throw new UncheckedIOException("etcd does not tell its metrics", away);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd told its metrics", interrupted);
        }
    }

    static long sum(String text) {
        long sum = 0;
        Matcher matcher = RECEIVED.matcher(text);
        while (matcher.find()) {
            sum += (long) Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
