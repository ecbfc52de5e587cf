package io.github.leaderelection;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Mutual TLS from a directory with three PEM files, which are read by every lock that dials out:
 * <ul>
 *   <li>{@code client.pem}: the client's certificate, and after it the rest of its chain, if any;
 *   <li>{@code client-key.pem}: its private key, unencrypted; RSA, EC or Ed25519 in PKCS#8 ("PRIVATE KEY"), RSA in PKCS#1
 *       ("RSA PRIVATE KEY"), EC in SEC1 ("EC PRIVATE KEY");
 *   <li>{@code ca.pem}: the certificates of the authorities that vouch for servers, one or more. No others are trusted.
 * </ul>
 *
 * <p>The files are looked at in each full handshake, and read again if they have changed: certificates are replaced without
 * a restart, and without touching connections that stand. While what is there now cannot be used (a file is missing or
 * damaged, or the key does not belong to the certificate), what was read before stays in use, and a warning is logged once
 * for each change.
 *
 * <p>Neither the validity period of the client's certificate nor its revocation is checked here: the server does that.
 * All methods may be called from any thread.
 */
public final class TlsConfig {

    /** One second, the shortest there is: a resumed session would go on with the certificates of its beginning. */
    private static final int SESSION_TIMEOUT_SECONDS = 1;

    private final TlsFiles files;

    private TlsConfig(TlsFiles files) {
        this.files = files;
    }

    /**
     * Reads and checks the three files in {@code directory}.
     *
     * @throws IllegalArgumentException if one is missing, unreadable, empty, damaged or encrypted, or if the key does not
     *     belong to the certificate; names the file, what was expected, and what to do
     */
    public static TlsConfig fromDirectory(Path directory) {
        return new TlsConfig(new TlsFiles(directory));
    }

    /** The client's private key as it stands in the files now. */
    public PrivateKey privateKey() {
        return current().privateKey();
    }

    /** The client's certificate as it stands in the files now, and then the rest of its chain. */
    public List<X509Certificate> certificateChain() {
        return current().certificateChain();
    }

    /** The certificates of the authorities as they stand in the files now. */
    public List<X509Certificate> caCertificates() {
        return current().authorities();
    }

    private TlsMaterial current() {
        return files.current().material();
    }

    /**
     * Offers the client's certificate, each time as it stands in the files. A TLS stack that resumes sessions asks only at
     * the beginning of each: give it a short session timeout.
     */
    public X509ExtendedKeyManager keyManager() {
        return new ReloadingKeyManager(files);
    }

    /**
     * Trusts the authorities, each time as they stand in the files. Checks the host name where the socket or engine asks for
     * it with its endpoint identification algorithm, as JDK clients of HTTPS and gRPC do.
     */
    public X509ExtendedTrustManager trustManager() {
        return new ReloadingTrustManager(files);
    }

    /**
     * A new context of the JDK's TLS with the two managers. It resumes no session that is older than a second. A bare socket
     * of it checks no host name unless told to: set {@code endpointIdentificationAlgorithm} to {@code HTTPS} in its
     * {@link javax.net.ssl.SSLParameters}.
     */
    public SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keyManager()}, new TrustManager[] {trustManager()}, null);
            context.getClientSessionContext().setSessionTimeout(SESSION_TIMEOUT_SECONDS);
            context.getServerSessionContext().setSessionTimeout(SESSION_TIMEOUT_SECONDS);
            return context;
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(
                    "this JDK has no TLS: enable a security provider with an SSLContext 'TLS'", absent);
        }
    }

    /** Shows the directory, and nothing of what is in it. */
    @Override
    public String toString() {
        return "TlsConfig[" + files.directory() + "]";
    }
}
