package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.heldBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * In which order, and how often, hundreds of electors of one client send. The server only notes what comes, and answers when it
 * is told to: a real one could not be kept from answering.
 */
class TurnsTests {

    private static final int AT_A_TIME = 32;
    private static final int OPENED_AT_ONCE = 50;
    private static final long OPENING_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Came(String what, long atNanos) {}

    private final List<Came> came = new CopyOnWriteArrayList<>();
    private final Semaphore answers = new Semaphore(0);
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final HttpServer server = server();
    private final KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder()
            .url("http://127.0.0.1:" + server.getAddress().getPort())
            .requestTimeout(Duration.ofMinutes(1))
            .connect();
    private final ResourceLock lock = locks.lock("demo", "a");

    private HttpServer server() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.createContext("/", this::handle);
            made.setExecutor(handlers);
            made.start();
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        boolean stream = query.contains("watch=");
        String what = stream ? "stream" : query.contains("fieldSelector") ? "list" : exchange.getRequestMethod();
        came.add(new Came(what, System.nanoTime()));
        answers.acquireUninterruptibly();
        byte[] body = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}\n".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, stream ? 0 : body.length);
        if (stream) {
            exchange.getResponseBody().flush(); // and nothing happens
        } else {
            exchange.getResponseBody().write(body);
            exchange.close();
        }
    }

    private List<String> came(int from) {
        return came.stream().skip(from).map(Came::what).toList();
    }

    @AfterEach
    void close() {
        answers.release(Integer.MAX_VALUE / 2);
        locks.close();
        server.stop(0);
        handlers.shutdownNow();
    }

    @Test
    void whatATenureHangsOnGoesBeforeEventsAndLists() {
        for (int i = 0; i < AT_A_TIME; i++) {
            lock.get();
        }
        Eventually.isTrue("the requests are there", () -> came.size() == AT_A_TIME);
        lock.recordEvent("leads");
        lock.watch(new Told());
        lock.watch(new Told()).close();
        lock.get();
        lock.create(heldBy("a"));
        for (int i = 1; i <= 4; i++) {
            int count = AT_A_TIME + i;
            answers.release();
            Eventually.isTrue("one more, for one that was answered", () -> came.size() == count);
        }
        assertEquals("[GET, POST, POST, list]", came(AT_A_TIME).toString());
        answers.release(AT_A_TIME * 2);
        Eventually.isTrue("the stream is opened", () -> came(0).contains("stream"));
        assertEquals(1, came(0).stream().filter("list"::equals).count(), "nobody waits for the list of a closed watch");
    }

    @Test
    void manyStreamsAreOpenedAtAPace() {
        int count = OPENED_AT_ONCE + 20;
        answers.release(Integer.MAX_VALUE / 2);
        for (int i = 0; i < count; i++) {
            locks.lock("demo" + i, "a").watch(new Told());
        }
        Eventually.isTrue(
                "all are opened",
                () -> came(0).stream().filter("stream"::equals).count() == count);
        List<Long> opened = came.stream()
                .filter(one -> one.what().equals("stream"))
                .map(Came::atNanos)
                .toList();
        long lasted = opened.get(count - 1) - came.get(0).atNanos();
        assertTrue(lasted >= 19 * OPENING_INTERVAL_NANOS, "the last of 20 too many after " + lasted + " ns");
    }
}
