package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pain 14: certificates are replaced while the process runs. */
class TlsReloadTests {

    private static final String[] KEY_TYPES = {"EC", "RSA", "EdDSA"};

    private final Path temporary;
    private final TestAuthority authority;
    private final TlsDirectory.Credentials first;
    private final TlsDirectory.Credentials second;
    private final TlsDirectory directory;
    private final TlsConfig config;
    private final Logger logger = Logger.getLogger(TlsConfig.class.getName());
    private final Warnings warnings = new Warnings();

    TlsReloadTests(@TempDir Path temporary) throws Exception {
        this.temporary = temporary;
        authority = new TestAuthority("authority");
        first = TlsDirectory.Credentials.issuedBy(authority, "client", "EC");
        second = TlsDirectory.Credentials.issuedBy(authority, "client", "RSA");
        directory = TlsDirectory.create(temporary.resolve("tls"), first, authority);
        config = TlsConfig.fromDirectory(directory.path());
    }

    @BeforeEach
    void listen() {
        logger.addHandler(warnings);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(warnings);
        logger.setUseParentHandlers(true);
    }

    @Test
    void filesThatChangedAreReadAgain() throws Exception {
        TestAuthority other = new TestAuthority("other");

        directory.put(second);
        directory.trust(other);

        assertEquals(second.keys().getPrivate(), config.privateKey());
        assertEquals(List.of(second.certificate()), config.certificateChain());
        assertEquals(List.of(other.certificate()), config.caCertificates());
        assertArrayEquals(
                new X509Certificate[] {other.certificate()},
                config.trustManager().getAcceptedIssuers());
        assertEquals(List.of(), warnings.messages);
    }

    @Test
    void whileTheFilesCannotBeUsedTheOldStayInUseWithOneWarningForEachChange() throws Exception {
        directory.put("client-key.pem", "hush");
        assertEquals(first.keys().getPrivate(), config.privateKey());
        assertEquals(first.keys().getPrivate(), config.privateKey());
        assertEquals(1, warnings.messages.size());
        assertTrue(
                warnings.messages
                        .get(0)
                        .startsWith("the TLS files in " + directory.path() + " have changed, but cannot be used; the "
                                + "old ones stay in use: " + directory.path().resolve("client-key.pem") + ", "),
                warnings.messages.get(0));

        Files.delete(directory.path().resolve("client-key.pem"));
        assertEquals(first.keys().getPrivate(), config.privateKey());
        assertEquals(first.keys().getPrivate(), config.privateKey());
        assertEquals(2, warnings.messages.size());

        directory.put(second);
        assertEquals(second.keys().getPrivate(), config.privateKey());
        assertEquals(2, warnings.messages.size());
    }

    @Test
    void aCertificateWhoseKeyHasNotComeYetWaitsForIt() throws Exception {
        directory.put("client.pem", TestPem.of(second.certificate()));
        assertEquals(List.of(first.certificate()), config.certificateChain());

        directory.put("client-key.pem", TestPem.pkcs8(second.keys().getPrivate()));
        assertEquals(List.of(second.certificate()), config.certificateChain());
    }

    @Test
    void aHandshakeThatChoseBeforeAChangeGetsTheChainAndKeyOfItsChoice() throws Exception {
        X509ExtendedKeyManager manager = config.keyManager();
        String before = choose(manager);
        directory.put(second);
        String after = choose(manager);

        assertNotEquals(before, after);
        assertArrayEquals(new X509Certificate[] {first.certificate()}, manager.getCertificateChain(before));
        assertEquals(first.keys().getPrivate(), manager.getPrivateKey(before));
        assertArrayEquals(new X509Certificate[] {second.certificate()}, manager.getCertificateChain(after));
        assertEquals(second.keys().getPrivate(), manager.getPrivateKey(after));
    }

    private static String choose(X509ExtendedKeyManager manager) {
        return String.valueOf(manager.chooseEngineClientAlias(KEY_TYPES, null, null));
    }

    @Test
    void anAliasOfSomebodyElseHasNoKey() {
        X509ExtendedKeyManager manager = config.keyManager();

        for (String alias : List.of("", "client", ":client", "9:client", "x:client")) {
            assertNull(manager.getPrivateKey(alias));
            assertNull(manager.getCertificateChain(alias));
        }
    }

    @Test
    void aKeyIsOfferedOnlyToThoseWhoCanUseIt() {
        X509ExtendedKeyManager manager = config.keyManager();

        assertNull(manager.chooseClientAlias(new String[] {"RSA"}, null, null));
        assertNull(manager.getClientAliases("RSA", null));
        assertEquals(choose(manager), manager.chooseClientAlias(KEY_TYPES, null, null));
        assertEquals(choose(manager), manager.chooseServerAlias("EC", null, null));
        assertEquals(choose(manager), manager.chooseEngineServerAlias("EC", null, null));
        assertArrayEquals(new String[] {choose(manager)}, manager.getClientAliases("EC", null));
        assertArrayEquals(new String[] {choose(manager)}, manager.getServerAliases("EC", null));
    }

    /** As the kubelet replaces the files of a Secret. */
    @Test
    void aDirectoryOfLinksThatAreSwitchedAtOnceIsReadAgain() throws Exception {
        TlsDirectory.create(temporary.resolve("mount/..first"), first, authority);
        TlsDirectory.create(temporary.resolve("mount/..second"), second, authority);
        Path mount = temporary.resolve("mount");
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..first"));
        for (String file : List.of("client.pem", "client-key.pem", "ca.pem")) {
            Files.createSymbolicLink(mount.resolve(file), Path.of("..data", file));
        }
        TlsConfig mounted = TlsConfig.fromDirectory(mount);
        assertEquals(first.keys().getPrivate(), mounted.privateKey());

        Files.createSymbolicLink(mount.resolve("..data.new"), Path.of("..second"));
        Files.move(mount.resolve("..data.new"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertEquals(second.keys().getPrivate(), mounted.privateKey());
        assertEquals(List.of(), warnings.messages);
    }

    @Test
    void aNewFileOfTheSameSizeAndTimeIsReadAgain() throws Exception {
        Path file = directory.path().resolve("ca.pem");
        assumeTrue(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey() != null,
                "this file system has no file keys");
        TestAuthority other = new TestAuthority("other");
        String one = TestPem.of(authority.certificate());
        String two = TestPem.of(other.certificate());
        int size = Math.max(one.length(), two.length());
        directory.put("ca.pem", one + "\n".repeat(size - one.length()));
        assertEquals(List.of(authority.certificate()), config.caCertificates());

        Path fresh = Files.writeString(directory.path().resolve("fresh"), two + "\n".repeat(size - two.length()));
        Files.setLastModifiedTime(fresh, Files.getLastModifiedTime(file));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);

        assertEquals(List.of(other.certificate()), config.caCertificates());
    }

    private static final class Warnings extends Handler {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            assertEquals(Level.WARNING, entry.getLevel());
            messages.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
