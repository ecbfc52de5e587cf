package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.ThreadLocalRandom;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** A certificate authority that lives as long as a test. Server certificates are for 127.0.0.1 and localhost. */
public final class TestCertificates {

    /** How the private key of a client is written. */
    public enum KeyFormat {
        /** RSA in PKCS#8: {@code BEGIN PRIVATE KEY}. */
        RSA_PKCS8,
        /** RSA in PKCS#1: {@code BEGIN RSA PRIVATE KEY}. */
        RSA_PKCS1,
        /** An elliptic curve in PKCS#8: {@code BEGIN PRIVATE KEY}. */
        EC_PKCS8,
        /** An elliptic curve in SEC 1: {@code BEGIN EC PRIVATE KEY}. */
        EC_SEC1
    }

    private static final Duration VALID = Duration.ofDays(1);

    private final KeyPair keys;
    private final X500Name name;
    private final X509CertificateHolder certificate;

    private TestCertificates() {
        this.keys = newKeys(KeyFormat.EC_PKCS8);
        this.name =
                new X500Name("CN=test authority " + ThreadLocalRandom.current().nextInt(1_000_000));
        this.certificate = sign(name, keys, VALID, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        });
    }

    /** A new authority. */
    public static TestCertificates create() {
        return new TestCertificates();
    }

    /** Writes {@code server.pem}, {@code server-key.pem} and {@code ca.pem} into {@code directory} and returns it. */
    public Path writeServer(Path directory) {
        KeyPair serverKeys = newKeys(KeyFormat.EC_PKCS8);
        X509CertificateHolder server = sign(new X500Name("CN=test server"), serverKeys, VALID, builder -> {
            GeneralName[] names = {
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"), new GeneralName(GeneralName.dNSName, "localhost")
            };
            KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        });
        write(directory, "server.pem", "CERTIFICATE", encoded(server));
        writeKey(directory, "server-key.pem", serverKeys.getPrivate(), KeyFormat.EC_PKCS8);
        write(directory, "ca.pem", "CERTIFICATE", encoded(certificate));
        return directory;
    }

    /** As {@link #writeClient(Path, KeyFormat, String, Duration)}, valid for a day. */
    public Path writeClient(Path directory, KeyFormat format, String commonName) {
        return writeClient(directory, format, commonName, VALID);
    }

    /**
     * Writes {@code client.pem}, {@code client-key.pem} and {@code ca.pem} into {@code directory} and returns it.
     *
     * @param valid how long from now the certificate is valid
     */
    public Path writeClient(Path directory, KeyFormat format, String commonName, Duration valid) {
        KeyPair clientKeys = newKeys(format);
        X509CertificateHolder client = sign(new X500Name("CN=" + commonName), clientKeys, valid, builder -> {
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        });
        write(directory, "client.pem", "CERTIFICATE", encoded(client));
        writeKey(directory, "client-key.pem", clientKeys.getPrivate(), format);
        write(directory, "ca.pem", "CERTIFICATE", encoded(certificate));
        return directory;
    }

    /** Writes {@code NAME-key.pem} and {@code NAME-public.pem} into {@code directory}: a key pair without a certificate. */
    static void writeKeyPair(Path directory, String name) {
        KeyPair pair = newKeys(KeyFormat.EC_PKCS8);
        writeKey(directory, name + "-key.pem", pair.getPrivate(), KeyFormat.EC_PKCS8);
        write(directory, name + "-public.pem", "PUBLIC KEY", pair.getPublic().getEncoded());
    }

    /** Adds what sets one kind of certificate apart. */
    private interface Extensions {
        void addTo(X509v3CertificateBuilder builder) throws IOException;
    }

    private X509CertificateHolder sign(X500Name subject, KeyPair subjectKeys, Duration valid, Extensions extensions) {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)),
                Date.from(now.minus(VALID)),
                Date.from(now.plus(valid)),
                subject,
                subjectKeys.getPublic());
        try {
            extensions.addTo(builder);
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        } catch (IOException | OperatorCreationException failed) {
            throw new IllegalStateException("cannot make a certificate for " + subject, failed);
        }
    }

    private static KeyPair newKeys(KeyFormat format) {
        try {
            KeyPairGenerator generator;
            if (format == KeyFormat.RSA_PKCS1 || format == KeyFormat.RSA_PKCS8) {
                generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
            } else {
                generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK cannot make keys for " + format, missing);
        }
    }

    private static void writeKey(Path directory, String file, PrivateKey key, KeyFormat format) {
        byte[] pkcs8 = key.getEncoded();
        switch (format) {
            case RSA_PKCS8, EC_PKCS8 -> write(directory, file, "PRIVATE KEY", pkcs8);
            case RSA_PKCS1 -> write(directory, file, "RSA PRIVATE KEY", inner(pkcs8));
            case EC_SEC1 -> write(directory, file, "EC PRIVATE KEY", sec1(pkcs8));
        }
    }

    private static byte[] inner(byte[] pkcs8) {
        try {
            ASN1Encodable key = PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey();
            return key.toASN1Primitive().getEncoded();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot unwrap a private key", failed);
        }
    }

    /** As openssl writes it: the curve, which PKCS#8 has outside, comes inside. */
    private static byte[] sec1(byte[] pkcs8) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
            org.bouncycastle.asn1.sec.ECPrivateKey key =
                    org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey());
            return new org.bouncycastle.asn1.sec.ECPrivateKey(
                            256, key.getKey(), info.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot unwrap a private key", failed);
        }
    }

    private static byte[] encoded(X509CertificateHolder holder) {
        try {
            return holder.getEncoded();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot encode a certificate", failed);
        }
    }

    private static void write(Path directory, String file, String type, byte[] content) {
        try {
            Files.createDirectories(directory);
            try (PemWriter writer = new PemWriter(Files.newBufferedWriter(directory.resolve(file)))) {
                writer.writeObject(new PemObject(type, content));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + directory.resolve(file), failed);
        }
    }
}
