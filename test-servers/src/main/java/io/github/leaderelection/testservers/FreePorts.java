package io.github.leaderelection.testservers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 that nobody listens on. They lie below the range from which systems take the ports of outgoing
 * connections, so that a server that restarts finds its port still free.
 */
final class FreePorts {

    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES_MAX = 200;

    private FreePorts() {}

    static int next() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IllegalStateException("no free port found between " + LOWEST + " and " + HIGHEST + " in " + TRIES_MAX
                + " tries; see what listens on this machine");
    }
}
