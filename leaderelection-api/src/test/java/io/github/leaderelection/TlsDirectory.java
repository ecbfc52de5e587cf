package io.github.leaderelection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509Certificate;

/** A directory that {@link TlsConfig} reads, with files that come and go. */
record TlsDirectory(Path path) {

    /** Somebody's certificate and key. */
    record Credentials(X509Certificate certificate, KeyPair keys) {

        static Credentials issuedBy(TestAuthority authority, String subject, String algorithm) throws Exception {
            KeyPair keys = TestAuthority.keys(algorithm);
            return new Credentials(authority.issue(subject, keys.getPublic()), keys);
        }

        String serial() {
            return certificate.getSerialNumber().toString();
        }
    }

    static TlsDirectory create(Path path, Credentials credentials, TestAuthority authority) throws IOException {
        TlsDirectory directory = new TlsDirectory(Files.createDirectories(path));
        directory.put(credentials);
        directory.trust(authority);
        return directory;
    }

    void put(Credentials credentials) throws IOException {
        put("client.pem", TestPem.of(credentials.certificate()));
        put("client-key.pem", TestPem.pkcs8(credentials.keys().getPrivate()));
    }

    void trust(TestAuthority authority) throws IOException {
        put("ca.pem", TestPem.of(authority.certificate()));
    }

    /** Puts a new file in the place of the old in one step. */
    void put(String file, String text) throws IOException {
        Path fresh = Files.writeString(path.resolve(file + ".new"), text);
        Files.move(fresh, path.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
}
