package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A real etcd, and what can be done to it. */
class EtcdServerIT {

    @Test
    void dataSurvivesARestartAndNotAnEmptyOne() {
        try (EtcdServer etcd = EtcdServer.start()) {
            String endpoint = etcd.endpoint();
            long revision = etcd.put("key", "value é");
            assertEquals("value é", etcd.get("key").orElseThrow().text());
            assertEquals(revision, etcd.get("key").orElseThrow().modRevision());
            etcd.compact();
            etcd.kill();
            etcd.restart();
            assertEquals("value é", etcd.get("key").orElseThrow().text());
            assertTrue(etcd.delete("key") > revision);
            etcd.restartEmpty();
            assertEquals(Optional.empty(), etcd.get("key"));
            assertEquals(revision, etcd.put("key", "again"));
            assertEquals(endpoint, etcd.endpoint());
        }
    }

    @Test
    void requestsAreCountedByMethod() {
        try (EtcdServer etcd = EtcdServer.start()) {
            long before = etcd.requestCounts().getOrDefault("Range", 0L);
            etcd.get("key");
            assertEquals(before + 1, etcd.requestCounts().get("Range"));
        }
    }

    @Test
    void messagesAreCountedByMethod() {
        try (EtcdServer etcd = EtcdServer.start()) {
            long before = etcd.messageCounts().getOrDefault("Put", 0L);
            etcd.put("key", "value");
            assertEquals(before + 1, etcd.messageCounts().get("Put"));
            assertEquals(0, etcd.messageCounts().getOrDefault("LeaseKeepAlive", 0L));
        }
    }

    @Test
    void aPausedServerKeepsItsConnectionsAndCanBeClosed() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.pause();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), etcd.port())) {
                assertTrue(socket.isConnected());
            }
            etcd.resume();
            assertEquals(Optional.empty(), etcd.get("key"));
            etcd.pause();
        }
    }

    @Test
    void usersAreDemandedOnceTheyAreEnabled() {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.users().add("reader", "secret");
            etcd.users().grant("reader", EtcdUsers.Permission.READ, "/registry/");
            etcd.users().enable("root secret");
            etcd.put("key", "value");
            assertEquals("value", etcd.get("key").orElseThrow().text());
            etcd.users().changePassword("reader", "other");
        }
    }

    @Test
    void tlsIsServedToClientsWithACertificateAndLookedThroughWithoutOne() {
        try (EtcdServer etcd =
                EtcdServer.builder().tls(TestCertificates.create()).start()) {
            assertTrue(etcd.endpoint().startsWith("https://127.0.0.1:"));
            etcd.put("key", "value");
            etcd.restart();
            assertEquals("value", etcd.get("key").orElseThrow().text());
        }
    }

    @Test
    void aServerThatDoesNotStartSaysWhy() {
        EtcdServer.Builder wrong = EtcdServer.builder().flag("--no-such-flag", "1");
        String message = String.valueOf(
                assertThrows(IllegalStateException.class, wrong::start).getMessage());
        assertTrue(message.contains("no-such-flag"), message);
    }

    @Test
    void theSharedServerIsOne() {
        assertEquals(EtcdServer.shared().endpoint(), EtcdServer.shared().endpoint());
        assertFalse(EtcdServer.shared().endpoint().isEmpty());
    }
}
