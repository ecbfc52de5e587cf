package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a {@link TcpProxy}. */
final class ProxyConnection {

    private static final int CHUNK_BYTES = 16 * 1024;

    private final Socket client;
    private final Socket server = new Socket();
    private final ProxyGate requests;
    private final ProxyGate replies;
    private final Consumer<ProxyConnection> onEnd;
    private final AtomicInteger openDirections = new AtomicInteger(2);
    private volatile boolean lostBytes;

    ProxyConnection(Socket client, ProxyGate requests, ProxyGate replies, Consumer<ProxyConnection> onEnd) {
        this.client = client;
        this.requests = requests;
        this.replies = replies;
        this.onEnd = onEnd;
    }

    boolean lostBytes() {
        return lostBytes;
    }

    /** Forwards until one side ends; {@code onRequest} is told, a character for a byte, what the client sends, before it goes on. */
    void run(InetSocketAddress target, Consumer<String> onRequest) {
        try {
            server.connect(target);
            // As clients and servers have it: a small piece does not wait for an acknowledgement.
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException refused) {
            reset();
            return;
        }
        TcpProxy.daemon(() -> pump(server, client, replies, bytes -> {}), "tcp-proxy-replies-" + client.getPort());
        pump(client, server, requests, onRequest);
    }

    /** Moves bytes one way until one side ends; an end passes the gate as bytes do. */
    private void pump(Socket from, Socket to, ProxyGate gate, Consumer<String> onBytes) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            while (true) {
                int count = in.read(chunk);
                boolean passes = gate.await();
                if (!passes) {
                    lostBytes = true;
                }
                if (count < 0) {
                    if (passes) {
                        to.shutdownOutput();
                        endDirection();
                    }
                    return;
                }
                if (passes) {
                    onBytes.accept(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
                    to.getOutputStream().write(chunk, 0, count);
                }
            }
        } catch (IOException ended) {
            reset();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    /** When both sides have said all that they had to say, nothing is left to be forwarded. */
    private void endDirection() throws IOException {
        if (openDirections.decrementAndGet() == 0) {
            onEnd.accept(this);
            client.close();
            server.close();
        }
    }

    /** Ends both sides with a reset. Idempotent. */
    void reset() {
        onEnd.accept(this);
        reset(client);
        reset(server);
    }

    private static void reset(Socket socket) {
        try (socket) {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException alreadyGone) {
            // Closed by the other thread in between, which is what was wanted.
            return;
        }
    }
}
