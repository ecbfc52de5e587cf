package io.github.leaderelection.it.nemesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection of a candidate to a {@link FencedRegister}, whose messages stand there. Of one thread. */
final class RegisterClient implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader answers;

    RegisterClient(int port, String process, String identity) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        send("HELLO " + process + " " + identity);
    }

    private void send(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String answer() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the register has gone");
        }
        return answer;
    }

    /** Compares the clocks: the register read its own somewhere between these two readings of ours. */
    void compareClocks() throws IOException {
        long before = System.nanoTime();
        send("TIME");
        long there = Long.parseLong(answer());
        long after = System.nanoTime();
        send("CLOCK " + (there - after) + " " + (there - before));
    }

    void stood(long token, long firstAfter, long lastBefore, long asked) throws IOException {
        send("STOOD " + token + " " + firstAfter + " " + lastBefore + " " + asked);
    }

    /** Returns whether the write was accepted. */
    boolean write(long token, long before, long after) throws IOException {
        send("WRITE " + token + " " + before + " " + after);
        return answer().equals("+");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
