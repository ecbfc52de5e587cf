package io.github.leaderelection;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/** Writes keys and certificates in PEM in all the ways that there are. */
final class TestPem {

    private static final char[] PASSWORD = "hush".toCharArray();

    private TestPem() {}

    static String block(String label, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** Certificates, one after the other; a private key in its old form. */
    static String of(Object... objects) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        }
        return text.toString();
    }

    static String pkcs8(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** As openssl ec writes it: the curve in the key. */
    static String sec1(PrivateKey key) throws IOException {
        return block("EC PRIVATE KEY", new ECPrivateKey(256, scalar(key), curve(key)).getEncoded());
    }

    /** As openssl ecparam -genkey writes it: the curve before the key; here there alone. */
    static String parametersAndSec1(PrivateKey key) throws IOException {
        return block("EC PARAMETERS", curve(key).toASN1Primitive().getEncoded()) + sec1WithoutCurve(key);
    }

    static String sec1WithoutCurve(PrivateKey key) throws IOException {
        return block("EC PRIVATE KEY", new ECPrivateKey(256, scalar(key)).getEncoded());
    }

    private static BigInteger scalar(PrivateKey key) throws IOException {
        return ECPrivateKey.getInstance(info(key).parsePrivateKey()).getKey();
    }

    private static ASN1Encodable curve(PrivateKey key) {
        return info(key).getPrivateKeyAlgorithm().getParameters();
    }

    private static PrivateKeyInfo info(PrivateKey key) {
        return PrivateKeyInfo.getInstance(key.getEncoded());
    }

    static String encryptedPkcs8(PrivateKey key) throws IOException, OperatorCreationException {
        return of(new JcaPKCS8Generator(
                key,
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                        .setProvider(new BouncyCastleProvider())
                        .setPassword(PASSWORD)
                        .build()));
    }

    static String encryptedInTheOldWay(PrivateKey key) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    key,
                    new JcePEMEncryptorBuilder("AES-256-CBC")
                            .setProvider(new BouncyCastleProvider())
                            .build(PASSWORD));
        }
        return text.toString();
    }
}
