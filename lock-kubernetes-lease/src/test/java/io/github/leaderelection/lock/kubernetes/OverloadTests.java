package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Told;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Answers that a healthy API server does not give when it is asked to: what they mean depends on the answer alone, so that a
 * server which gives nothing else will do.
 */
class OverloadTests {

    private final AtomicInteger requestCount = new AtomicInteger();
    private final HttpServer server = server();
    private final ResourceLock lock = KubernetesLeaseLocks.builder()
            .url("http://127.0.0.1:" + server.getAddress().getPort())
            .requestTimeout(Duration.ofSeconds(2))
            .lock("demo", "a");

    private volatile int code = 200;
    private volatile String retryAfter = "";
    private volatile String body = "";

    private HttpServer server() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.createContext("/", exchange -> {
                requestCount.incrementAndGet();
                exchange.getRequestBody().readAllBytes();
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                if (!retryAfter.isEmpty()) {
                    exchange.getResponseHeaders().set("Retry-After", retryAfter);
                }
                exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            made.setExecutor(Executors.newCachedThreadPool(task -> {
                Thread daemon = new Thread(task);
                daemon.setDaemon(true);
                return daemon;
            }));
            made.start();
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @AfterEach
    void close() {
        lock.close();
        server.stop(0);
    }

    @Test
    void nothingIsSentBeforeTheTimeThatTheServerAskedFor() {
        code = 429;
        retryAfter = "3600";
        failure(LockUnavailableException.class, lock.create(heldBy("a")));
        for (int i = 0; i < 5; i++) {
            String message = String.valueOf(failure(LockUnavailableException.class, lock.create(heldBy("a")))
                    .getMessage());
            assertTrue(message.contains("asked for a pause"), message);
            failure(LockUnavailableException.class, lock.get());
        }
        lock.recordEvent("not sent either");
        assertEquals(1, requestCount.get());
    }

    @Test
    void aServerInTroubleThatAsksForAPauseGetsOneAndTheFateOfTheWriteIsOpen() {
        code = 503;
        retryAfter = "1";
        failure(LockIndeterminateException.class, lock.create(heldBy("a")));
        failure(LockUnavailableException.class, lock.get());
        assertEquals(1, requestCount.get());
    }

    @Test
    void anOverloadedServerThatAsksForNothingIsAskedAgain() {
        code = 429;
        failure(LockUnavailableException.class, lock.get());
        retryAfter = "soon";
        failure(LockUnavailableException.class, lock.get());
        assertEquals(2, requestCount.get());
    }

    @Test
    void aSuccessThatIsNoLeaseLeavesTheFateOfAWriteOpen() {
        body = "<html>welcome to the wifi</html>";
        failure(LockIndeterminateException.class, lock.create(heldBy("a")));
    }

    @Test
    void aResourceVersionThatIsNoNumberIsRefused() {
        body = "{\"metadata\":{\"resourceVersion\":\"abc\"},\"spec\":{}}";
        String message = String.valueOf(
                failure(MalformedRecordException.class, lock.get()).getMessage());
        assertTrue(message.contains("expected a number as metadata.resourceVersion"), message);
    }

    @Test
    void anAnswerWithoutEndIsGivenUp() {
        body = "x".repeat(LeaseDocuments.BODY_BYTES_MAX + 1);
        failure(LockUnavailableException.class, lock.get());
    }

    /** 410: the server no longer has what happened since the list. */
    @Test
    void aWatchIntoAHistoryThatIsGoneListsAnewUntilItIsTriedForTooLong() {
        body =
                "{\"metadata\":{\"resourceVersion\":\"7\"},\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}\n";
        Told told = new Told();
        lock.watch(told);
        told.await("LockUnavailableException");
        assertEquals("nothing", told.events().get(0));
        assertTrue(requestCount.get() > 4, "listed and watched more than twice: " + requestCount);
    }
}
