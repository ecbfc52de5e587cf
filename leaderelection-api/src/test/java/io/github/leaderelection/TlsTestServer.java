package io.github.leaderelection;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Wants a certificate of each client, and tells it that certificate's serial number. */
final class TlsTestServer implements AutoCloseable {

    private final SSLServerSocket server;
    private final Thread thread = new Thread(this::serve, "tls-test-server");

    TlsTestServer(SSLContext context) throws IOException {
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                socket.setSoTimeout(30_000);
                socket.startHandshake();
                X509Certificate client = (X509Certificate) socket.getSession().getPeerCertificates()[0];
                OutputStream out = socket.getOutputStream();
                out.write((client.getSerialNumber() + "\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            } catch (IOException refused) {
                // A client that was refused, or refused this server, knows it; and close() ends accept() in this way.
                continue;
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join(30_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
