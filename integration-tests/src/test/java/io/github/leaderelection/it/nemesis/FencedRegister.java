package io.github.leaderelection.it.nemesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The resource that leaders write to: refuses writes with a token older than the newest it has seen. Tells the journal all
 * that it is told, in one order, and keeps nothing but that token. Besides, it tells the time, so that its clock and those
 * of the writers can be compared. Each line of a connection is a message:
 * <ul>
 *   <li>{@code HELLO process identity}, the first one;
 *   <li>{@code TIME}: answered with its nanoseconds;
 *   <li>{@code CLOCK lowest highest}: what the writer concludes from such an answer, see {@link Entry.ClockSeen};
 *   <li>{@code STOOD token firstAfter lastBefore asked}: see {@link Entry.Believed};
 *   <li>{@code WRITE token before after}: see {@link Entry.Offered}; answered with {@code +} or {@code -}.
 * </ul>
 */
final class FencedRegister implements AutoCloseable {

    private final Journal journal;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private long newestToken = Long.MIN_VALUE;

    FencedRegister(Journal journal) {
        this.journal = journal;
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
        Thread thread = new Thread(task, "fenced-register");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
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
            String first = lines.readLine();
            if (first == null) {
                return;
            }
            String[] hello = first.split(" ", -1);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String answer = onMessage(hello[1], hello[2], line.split(" ", -1));
                answers.write(answer.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException writerGone) {
            return;
        } finally {
            connections.remove(connection);
        }
    }

    /** Returns the answer, which is empty where there is none. */
    private String onMessage(String process, String identity, String[] parts) {
        switch (parts[0]) {
            case "TIME":
                return System.nanoTime() + "\n";
            case "CLOCK":
                journal.add(new Entry.ClockSeen(process, Long.parseLong(parts[1]), Long.parseLong(parts[2])));
                return "";
            case "STOOD":
                journal.add(new Entry.Believed(
                        process,
                        Long.parseLong(parts[1]),
                        Long.parseLong(parts[2]),
                        Long.parseLong(parts[3]),
                        Long.parseLong(parts[4])));
                return "";
            case "WRITE":
                return offer(process, identity, parts) ? "+\n" : "-\n";
            default:
                throw new IllegalArgumentException(process + " says " + String.join(" ", parts));
        }
    }

    private synchronized boolean offer(String process, String identity, String[] parts) {
        long token = Long.parseLong(parts[1]);
        boolean accepted = token >= newestToken;
        newestToken = Math.max(newestToken, token);
        long before = Long.parseLong(parts[2]);
        long after = Long.parseLong(parts[3]);
        journal.add(new Entry.Offered(process, identity, token, before, after, System.nanoTime(), accepted));
        return accepted;
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
