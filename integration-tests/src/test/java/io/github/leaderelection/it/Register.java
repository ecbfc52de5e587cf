package io.github.leaderelection.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The resource that leaders write to: takes writes with their fencing tokens, refuses those with a token older than the
 * newest it has seen, and remembers all that was offered.
 */
final class Register implements AutoCloseable {

    /**
     * A write that somebody offered, having found itself to be the leader.
     *
     * @param token the fencing token
     * @param id who offered it
     * @param askedMillis the writer's wall clock just before it asked whether it leads
     * @param accepted whether the token was new enough
     */
    record Offer(long token, String id, long askedMillis, boolean accepted) {}

    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Offer> offers = new ArrayList<>();
    private long newestToken;

    Register() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException("the register cannot listen", failed);
        }
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "register");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                daemon(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection;
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
                OutputStream answers = connection.getOutputStream()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ", -1);
                boolean accepted = offer(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
                answers.write(accepted ? '+' : '-');
                answers.flush();
            }
        } catch (IOException writerGone) {
            return;
        } finally {
            connections.remove(connection);
        }
    }

    private synchronized boolean offer(long token, String id, long askedMillis) {
        boolean accepted = token >= newestToken;
        newestToken = Math.max(newestToken, token);
        offers.add(new Offer(token, id, askedMillis, accepted));
        return accepted;
    }

    synchronized List<Offer> offers() {
        return List.copyOf(offers);
    }

    /** Waits until something was written with that token. */
    void awaitWriteOf(long token) {
        Waits.until(
                "a write with token " + token,
                this::toString,
                () -> offers().stream().anyMatch(offer -> offer.token() == token && offer.accepted()));
    }

    @Override
    public synchronized String toString() {
        return offers.subList(Math.max(0, offers.size() - 20), offers.size()) + " of " + offers.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the register cannot be closed", failed);
        }
    }
}
