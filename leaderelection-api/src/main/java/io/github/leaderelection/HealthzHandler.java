package io.github.leaderelection;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Serves a {@link HealthzAdaptor} to a liveness probe with the JDK's own HTTP server:
 * {@code server.createContext("/healthz", new HealthzHandler(adaptor))}. Answers 200 and {@code ok}, or 500 and what is
 * wrong; 405 to anything but GET and HEAD.
 */
public final class HealthzHandler implements HttpHandler {

    private final HealthzAdaptor adaptor;

    /** A handler that asks {@code adaptor} anew for each request. */
    public HealthzHandler(HealthzAdaptor adaptor) {
        this.adaptor = Objects.requireNonNull(adaptor, "adaptor");
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, 405, "method not allowed\n");
                return;
            }
            try {
                adaptor.check();
            } catch (LeaseExpiredException unhealthy) {
                answer(exchange, 500, adaptor.name() + " failed: " + unhealthy.getMessage() + "\n");
                return;
            }
            answer(exchange, 200, "ok");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
