package io.github.leaderelection;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What the three files of a {@link TlsConfig} said at one time. Immutable; has no toString, because it holds a key. */
final class TlsMaterial {

    static final String CERTIFICATE_FILE = "client.pem";
    static final String KEY_FILE = "client-key.pem";
    static final String AUTHORITIES_FILE = "ca.pem";

    /** Protects nothing: a key store in memory wants a password. */
    private static final char[] STORE_PASSWORD = "in memory".toCharArray();

    private final PrivateKey privateKey;
    private final List<X509Certificate> certificateChain;
    private final List<X509Certificate> authorities;
    private final X509ExtendedKeyManager keyManager;
    private final X509ExtendedTrustManager trustManager;

    private TlsMaterial(
            PrivateKey privateKey, List<X509Certificate> certificateChain, List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        this.privateKey = privateKey;
        this.certificateChain = List.copyOf(certificateChain);
        this.authorities = List.copyOf(authorities);
        keyManager = newKeyManager();
        trustManager = newTrustManager();
    }

    /**
     * Reads and checks the files.
     *
     * @throws IllegalArgumentException names the file that is wrong, and what to do
     */
    static TlsMaterial read(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    "the TLS directory " + directory + " is not a directory: it must be one, " + "with the files "
                            + CERTIFICATE_FILE + ", " + KEY_FILE + " and " + AUTHORITIES_FILE);
        }
        PemFile certificateFile =
                PemFile.read(directory.resolve(CERTIFICATE_FILE), "the certificate of the client and its chain");
        PemFile keyFile = PemFile.read(directory.resolve(KEY_FILE), "the private key of the client");
        PemFile authoritiesFile = PemFile.read(
                directory.resolve(AUTHORITIES_FILE), "the certificates of the authorities that vouch for servers");
        List<X509Certificate> chain = certificates(certificateFile);
        PrivateKey key = PrivateKeys.read(keyFile);
        requirePair(keyFile, key, chain.get(0).getPublicKey());
        try {
            return new TlsMaterial(key, chain, certificates(authoritiesFile));
        } catch (GeneralSecurityException | IOException refused) {
            throw new IllegalArgumentException(
                    "this JDK cannot use the TLS files in " + directory + ": " + refused.getMessage(), refused);
        }
    }

    private static List<X509Certificate> certificates(PemFile file) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemFile.Block block : file.blocks()) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                certificates.add(certificate(file, file.bytes(block), certificates.size() + 1));
            }
        }
        if (certificates.isEmpty()) {
            throw file.error("holds no certificate: expected a block 'CERTIFICATE', found " + file.labels());
        }
        return certificates;
    }

    private static X509Certificate certificate(PemFile file, byte[] bytes, int number) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        } catch (CertificateException malformed) {
            throw file.error(
                    "does not parse: its certificate number " + number
                            + " is damaged, or of a kind that this JDK does not know; write the file anew",
                    malformed);
        }
    }

    /** Refuses a key that cannot sign what the certificate verifies. */
    private static void requirePair(PemFile keyFile, PrivateKey privateKey, PublicKey publicKey) {
        byte[] message = {'p', 'a', 'i', 'r'};
        try {
            Signature signer = signature(privateKey);
            signer.initSign(privateKey);
            signer.update(message);
            if (!isVerified(message, signer.sign(), privateKey, publicKey)) {
                throw keyFile.error(
                        "does not belong to the first certificate in " + CERTIFICATE_FILE
                                + ": put the key and the certificate of one pair there; the client's own certificate comes first");
            }
        } catch (GeneralSecurityException unusable) {
            throw keyFile.error(
                    "holds a key that this JDK cannot sign with: make one of RSA with 2048 bits or more, of EC on P-256, "
                            + "P-384 or P-521, or of Ed25519",
                    unusable);
        }
    }

    private static boolean isVerified(byte[] message, byte[] signed, PrivateKey privateKey, PublicKey publicKey)
            throws GeneralSecurityException {
        Signature verifier = signature(privateKey);
        try {
            verifier.initVerify(publicKey);
            verifier.update(message);
            return verifier.verify(signed);
        } catch (InvalidKeyException | SignatureException mismatch) {
            // In this way a key of another algorithm, curve or size says that the signature is not of its kind.
            return false;
        }
    }

    private static Signature signature(PrivateKey key) throws GeneralSecurityException {
        return Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
    }

    private X509ExtendedKeyManager newKeyManager() throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("client", privateKey, STORE_PASSWORD, certificateChain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, STORE_PASSWORD);
        return only(X509ExtendedKeyManager.class, factory.getKeyManagers());
    }

    private X509ExtendedTrustManager newTrustManager() throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int number = 0; number < authorities.size(); number++) {
            store.setCertificateEntry("authority-" + number, authorities.get(number));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return only(X509ExtendedTrustManager.class, factory.getTrustManagers());
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, STORE_PASSWORD);
        return store;
    }

    private static <T> T only(Class<T> type, Object[] managers) throws GeneralSecurityException {
        return Stream.of(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("the default provider has no " + type.getSimpleName()));
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    List<X509Certificate> certificateChain() {
        return certificateChain;
    }

    List<X509Certificate> authorities() {
        return authorities;
    }

    X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    X509ExtendedTrustManager trustManager() {
        return trustManager;
    }
}
