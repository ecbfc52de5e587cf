package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.testcalls.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Network faults. The server of these tests echoes each byte. */
class TcpProxyTests {

    private static final int GENEROUS_MILLIS = 30_000;

    private final ServerSocket server;
    private final TcpProxy proxy;

    TcpProxyTests() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(server.getLocalPort());
    }

    @BeforeEach
    void echo() {
        TcpProxy.daemon(
                () -> {
                    while (!server.isClosed()) {
                        try {
                            Socket socket = server.accept();
                            TcpProxy.daemon(() -> echo(socket), "echo");
                        } catch (IOException closed) {
                            return;
                        }
                    }
                },
                "echo-accept");
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException reset) {
            return;
        }
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()), GENEROUS_MILLIS);
        socket.setSoTimeout(GENEROUS_MILLIS);
        return socket;
    }

    private static void assertEchoes(Socket socket, int letter) throws IOException {
        socket.getOutputStream().write(letter);
        assertEquals(letter, socket.getInputStream().read());
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(GENEROUS_MILLIS);
    }

    private static long roundTripNanos(Socket socket) throws IOException {
        long begin = System.nanoTime();
        assertEchoes(socket, 'a');
        return System.nanoTime() - begin;
    }

    @Test
    void aSlowNetworkDelaysEachDirectionByItself() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.slow(Duration.ofMillis(100), Duration.ZERO);
            assertTrue(roundTripNanos(socket) >= Duration.ofMillis(100).toNanos());
            proxy.slow(Duration.ofMillis(50), Duration.ofMillis(100));
            assertTrue(roundTripNanos(socket) >= Duration.ofMillis(150).toNanos());
        }
    }

    @Test
    void healingEndsADelayThatIsUnderWay() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.slow(Duration.ZERO, Duration.ofHours(1));
            socket.getOutputStream().write('b');
            assertSilent(socket);
            proxy.heal();
            assertEquals('b', socket.getInputStream().read());
        }
    }

    @Test
    void connectionsThatHaveEndedAreForgotten() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            assertEquals(1, proxy.openCount());
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
        }
        Eventually.isTrue("no connection is left", () -> proxy.openCount() == 0);
    }

    @Test
    void aCutHoldsTheBytesAndHealingDeliversThemLate() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.cut();
            socket.getOutputStream().write('b');
            assertSilent(socket);
            proxy.heal();
            assertEquals('b', socket.getInputStream().read());
            assertEchoes(socket, 'c');
        }
    }

    @Test
    void aConnectionMadeDuringACutWorksAfterwards() throws IOException {
        proxy.cut();
        try (Socket socket = connect()) {
            socket.getOutputStream().write('a');
            assertSilent(socket);
            proxy.heal();
            assertEquals('a', socket.getInputStream().read());
        }
    }

    @Test
    void eachDirectionIsCutByItself() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.cutReplies();
            socket.getOutputStream().write('b');
            assertSilent(socket);
            proxy.heal();
            assertEquals('b', socket.getInputStream().read());
            proxy.cutRequests();
            socket.getOutputStream().write('c');
            assertSilent(socket);
            proxy.heal();
            assertEquals('c', socket.getInputStream().read());
        }
    }

    @Test
    void aCertainRequestCanBeTheLastThatGetsThrough() throws IOException {
        try (Socket socket = connect()) {
            proxy.cutRepliesAtRequestWith("b");
            assertEchoes(socket, 'a');
            socket.getOutputStream().write('b');
            assertSilent(socket);
            proxy.heal();
            assertEquals('b', socket.getInputStream().read());
            assertEchoes(socket, 'b');
        }
    }

    @Test
    void aConnectionThatLostBytesIsResetOnHealing() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.cutDroppingBytes();
            socket.getOutputStream().write('b');
            assertSilent(socket);
            proxy.heal();
            assertThrows(SocketException.class, () -> socket.getInputStream().read());
        }
        try (Socket socket = connect()) {
            assertEchoes(socket, 'c');
        }
    }

    @Test
    void refusingResetsWhatIsOpenAndRefusesWhatIsNew() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.refuse();
            assertThrows(SocketException.class, () -> socket.getInputStream().read());
            assertThrows(ConnectException.class, this::connect);
        }
        proxy.heal();
        try (Socket socket = connect()) {
            assertEchoes(socket, 'b');
        }
        assertEquals(2, proxy.acceptedCount());
    }

    @Test
    void theEndOfAConnectionPassesThrough() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void nothingIsOpenAfterClose() throws IOException {
        try (Socket socket = connect()) {
            assertEchoes(socket, 'a');
            proxy.cut();
            proxy.close();
            proxy.close();
            assertThrows(SocketException.class, () -> socket.getInputStream().read());
        }
        assertThrows(ConnectException.class, this::connect);
        assertThrows(IllegalStateException.class, proxy::heal);
    }
}
