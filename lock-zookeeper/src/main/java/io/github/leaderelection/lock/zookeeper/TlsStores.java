package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.TlsConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;

/**
 * A certificate, its key and its authorities in the form that ZooKeeper's client reads: key stores in files. They are in a
 * directory that only this user can read, under a password that only this process knows, and are deleted when closed.
 */
final class TlsStores implements AutoCloseable {

    private static final String TYPE = "PKCS12";

    private final TlsConfig tls;
    private final String password = new BigInteger(128, new SecureRandom()).toString(36);
    private final Path directory;
    private final Path keys;
    private final Path authorities;

    TlsStores(TlsConfig tls) {
        this.tls = tls;
        try {
            directory = Files.createTempDirectory("leaderelection-tls"); // for its owner alone
        } catch (IOException failed) {
            throw new IllegalArgumentException(
                    "the TLS files need a temporary directory, which could not be made: " + failed.getMessage(),
                    failed);
        }
        keys = directory.resolve("keys.p12");
        authorities = directory.resolve("authorities.p12");
    }

    /** The configuration of a client that uses these files. */
    ZKClientConfig configuration() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (ClientX509Util names = new ClientX509Util()) {
            config.setProperty(names.getSslKeystoreLocationProperty(), keys.toString());
            config.setProperty(names.getSslKeystorePasswdProperty(), password);
            config.setProperty(names.getSslKeystoreTypeProperty(), TYPE);
            config.setProperty(names.getSslTruststoreLocationProperty(), authorities.toString());
            config.setProperty(names.getSslTruststorePasswdProperty(), password);
            config.setProperty(names.getSslTruststoreTypeProperty(), TYPE);
        }
        return config;
    }

    /** Writes the files as the certificates are now. */
    synchronized void refresh() throws IOException, GeneralSecurityException {
        KeyStore own = empty();
        Certificate[] chain = tls.certificateChain().toArray(new Certificate[0]);
        own.setKeyEntry("client", tls.privateKey(), password.toCharArray(), chain);
        write(own, keys);
        KeyStore trusted = empty();
        List<X509Certificate> certificates = tls.caCertificates();
        for (int i = 0; i < certificates.size(); i++) {
            trusted.setCertificateEntry("ca-" + i, certificates.get(i));
        }
        write(trusted, authorities);
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(TYPE);
        store.load(null, null);
        return store;
    }

    private void write(KeyStore store, Path file) throws IOException, GeneralSecurityException {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        Files.deleteIfExists(keys);
        Files.deleteIfExists(authorities);
        Files.deleteIfExists(directory);
    }
}
