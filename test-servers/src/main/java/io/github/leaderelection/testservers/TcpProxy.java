package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A network between a client and a server that a test can cut and heal. Listens on a free port of 127.0.0.1 and forwards to
 * a target. All methods may be called from any thread and return at once.
 */
public final class TcpProxy implements AutoCloseable {

    private final InetSocketAddress target;
    private final ProxyGate requests = new ProxyGate();
    private final ProxyGate replies = new ProxyGate();
    private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicReference<@Nullable String> cuttingPart = new AtomicReference<>();
    private final int port;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private boolean closed;

    private TcpProxy(InetSocketAddress target) {
        this.target = target;
        this.port = listen(FreePorts.next());
    }

    /** A proxy to a port of 127.0.0.1, which lets everything through. */
    public static TcpProxy to(int targetPort) {
        return new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** How many connections have not ended on both sides. */
    int openCount() {
        return connections.size();
    }

    /** How many connections it has taken so far. */
    public int acceptedCount() {
        return accepted.get();
    }

    /** Holds the bytes of both directions back. Connections stay open, and new ones are taken: a network without answer. */
    public void cut() {
        cutRequests();
        cutReplies();
    }

    /** Holds back what the client sends. */
    public void cutRequests() {
        requests.set(ProxyGate.State.HOLDING);
    }

    /** Holds back what the server answers: the server acts, and nobody learns of it. */
    public void cutReplies() {
        replies.set(ProxyGate.State.HOLDING);
    }

    /** As {@link #cutReplies()}, as soon as the client sends that text: what it asks gets through, and no answer to it. */
    public void cutRepliesAtRequestWith(String part) {
        cuttingPart.set(part);
    }

    private void onRequest(String bytes) {
        String part = cuttingPart.get();
        if (part != null && bytes.contains(part) && cuttingPart.compareAndSet(part, null)) {
            cutReplies();
        }
    }

    /**
     * As {@link #cut()}, but the bytes are lost: {@link #heal()} resets the connections that lost some, as they cannot go
     * on.
     */
    public void cutDroppingBytes() {
        requests.set(ProxyGate.State.DROPPING);
        replies.set(ProxyGate.State.DROPPING);
    }

    /** As {@link #cutReplies()}, but the replies are lost. */
    public void cutRepliesDroppingBytes() {
        replies.set(ProxyGate.State.DROPPING);
    }

    /**
     * A slow network: whatever the client or the server sends waits before it goes on, each piece for that long after the one
     * before it went. {@link #heal()} ends this, too.
     */
    public void slow(Duration ofRequests, Duration ofReplies) {
        requests.delay(ofRequests);
        replies.delay(ofReplies);
    }

    /** Ends the connections with a reset and refuses new ones, as a host without the server does. */
    public void refuse() {
        closeListener();
        resetConnections();
    }

    /** Ends the connections with a reset; new ones are taken. */
    public void resetConnections() {
        connections.forEach(ProxyConnection::reset);
    }

    /** Lets everything through again, what was held back first. */
    public synchronized void heal() {
        if (closed) {
            throw new IllegalStateException("the proxy is closed");
        }
        connections.stream().filter(ProxyConnection::lostBytes).forEach(ProxyConnection::reset);
        cuttingPart.set(null);
        slow(Duration.ZERO, Duration.ZERO);
        requests.set(ProxyGate.State.OPEN);
        replies.set(ProxyGate.State.OPEN);
        if (listener == null) {
            listen(port);
        }
    }

    private synchronized int listen(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            listener = socket;
            acceptor = daemon(() -> accept(socket), "tcp-proxy-accept-" + wanted);
            return wanted;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot listen on port " + wanted, failed);
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            Socket client;
            try {
                client = socket.accept();
            } catch (IOException listenerClosed) {
                return;
            }
            accepted.incrementAndGet();
            ProxyConnection connection = new ProxyConnection(client, requests, replies, connections::remove);
            connections.add(connection);
            if (socket.isClosed()) {
                connection.reset();
            } else {
                daemon(() -> connection.run(target, this::onRequest), "tcp-proxy-" + client.getPort());
            }
        }
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** The system listens on for as long as a thread sits in accept, so that its end is waited for. */
    private synchronized void closeListener() {
        if (listener == null || acceptor == null) {
            return;
        }
        try {
            listener.close();
            listener = null;
            acceptor.join();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot close the listener", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends everything. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            closeListener();
        }
        resetConnections();
        requests.set(ProxyGate.State.DROPPING);
        replies.set(ProxyGate.State.DROPPING);
    }
}
