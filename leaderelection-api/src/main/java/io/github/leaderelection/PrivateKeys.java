package io.github.leaderelection;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Reads a private key in any of the forms that openssl and its like write. The JDK reads PKCS#8 alone; the older two forms
 * are what PKCS#8 wraps.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5958">PKCS#8</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2">PKCS#1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5915">SEC1</a>
 */
final class PrivateKeys {

    private static final String PKCS8 = "PRIVATE KEY";
    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String SEC1 = "EC PRIVATE KEY";
    private static final String EXPECTED = "expected one block '" + PKCS8 + "', '" + PKCS1 + "' or '" + SEC1 + "'";

    private static final String RSA_IDENTIFIER = "2a864886f70d010101";
    private static final String EC_IDENTIFIER = "2a8648ce3d0201";
    private static final Map<String, String> ALGORITHMS = Map.of(
            RSA_IDENTIFIER,
            "RSA",
            EC_IDENTIFIER,
            "EC",
            "2b6570",
            "EdDSA", // Ed25519
            "2b6571",
            "EdDSA"); // Ed448

    private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[] {0});
    private static final byte[] NULL = {0x05, 0x00};

    private PrivateKeys() {}

    /**
     * The private key in {@code file}.
     *
     * @throws IllegalArgumentException if there is none, or more than one, or one that cannot be used
     */
    static PrivateKey read(PemFile file) {
        PemFile.Block block = onlyKey(file);
        byte[] bytes = file.bytes(block);
        try {
            byte[] pkcs8 = switch (block.label()) {
                case PKCS8 -> bytes;
                case PKCS1 -> wrap(RSA_IDENTIFIER, NULL, bytes);
                case SEC1 -> wrap(EC_IDENTIFIER, curve(file, bytes), bytes);
                default ->
                    throw file.error("holds a '" + block.label() + "': " + EXPECTED
                            + "; convert it with openssl pkcs8 -topk8 -nocrypt");
            };
            return KeyFactory.getInstance(algorithm(file, pkcs8)).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException unusable) {
            throw file.error("does not parse as a private key, or as one that this JDK knows: write it anew", unusable);
        }
    }

    private static PemFile.Block onlyKey(PemFile file) {
        List<PemFile.Block> keys = file.blocks().stream()
                .filter(block -> block.label().endsWith(PKCS8))
                .toList();
        if (keys.size() != 1) {
            throw file.error((keys.isEmpty() ? "holds no private key" : "holds more than one private key") + ": "
                    + EXPECTED + ", found " + file.labels());
        }
        PemFile.Block key = keys.get(0);
        if (key.isEncrypted()) {
            throw file.error("is encrypted, and there is no password to decrypt it with: decrypt it once with openssl "
                    + "pkey -in encrypted.pem -out client-key.pem, and restrict who may read it");
        }
        return key;
    }

    private static byte[] wrap(String algorithm, byte[] parameters, byte[] key) {
        byte[] identifier = Der.element(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(algorithm));
        return Der.element(
                Der.SEQUENCE,
                VERSION_0,
                Der.element(Der.SEQUENCE, identifier, parameters),
                Der.element(Der.OCTET_STRING, key));
    }

    /** The parameters of an elliptic curve: in the key itself, or else in the block that openssl puts before it. */
    private static byte[] curve(PemFile file, byte[] sec1) {
        Der key = inside(file, sec1);
        try {
            key.next(Der.INTEGER);
            key.next(Der.OCTET_STRING);
            if (key.hasNext(Der.CONTEXT_0)) {
                return key.next(Der.CONTEXT_0);
            }
        } catch (IllegalArgumentException malformed) {
            throw damaged(file, malformed);
        }
        return file.blocks().stream()
                .filter(block -> block.label().equals("EC PARAMETERS"))
                .map(file::bytes)
                .findFirst()
                .orElseThrow(() -> file.error("does not say which curve its key is on: convert it, together with its "
                        + "'EC PARAMETERS', with openssl pkcs8 -topk8 -nocrypt"));
    }

    private static String algorithm(PemFile file, byte[] pkcs8) {
        Der key = inside(file, pkcs8);
        String identifier;
        try {
            key.next(Der.INTEGER);
            identifier = HexFormat.of().formatHex(new Der(key.next(Der.SEQUENCE)).next(Der.OBJECT_IDENTIFIER));
        } catch (IllegalArgumentException malformed) {
            throw damaged(file, malformed);
        }
        String algorithm = ALGORITHMS.get(identifier);
        if (algorithm == null) {
            throw file.error("holds a key of an algorithm that is not supported: make one of RSA, EC or Ed25519");
        }
        return algorithm;
    }

    private static Der inside(PemFile file, byte[] sequence) {
        try {
            return new Der(new Der(sequence).next(Der.SEQUENCE));
        } catch (IllegalArgumentException malformed) {
            throw damaged(file, malformed);
        }
    }

    private static IllegalArgumentException damaged(PemFile file, IllegalArgumentException malformed) {
        return file.error("does not parse as a private key: write it anew (" + malformed.getMessage() + ")", malformed);
    }
}
