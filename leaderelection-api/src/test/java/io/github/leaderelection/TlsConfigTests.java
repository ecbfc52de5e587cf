package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from the three files, and every way in which they can be wrong. */
class TlsConfigTests {

    private static final String CERTIFICATE = "the certificate of the client and its chain in PEM, ";
    private static final String KEY = "the private key of the client in PEM, ";
    private static final String AUTHORITIES = "the certificates of the authorities that vouch for servers in PEM, ";

    private final TestAuthority authority;
    private final TlsDirectory directory;
    private TlsDirectory.Credentials client;

    TlsConfigTests(@TempDir Path temporary) throws Exception {
        authority = new TestAuthority("authority");
        client = TlsDirectory.Credentials.issuedBy(authority, "client", "EC");
        directory = TlsDirectory.create(temporary.resolve("tls"), client, authority);
    }

    @BeforeEach
    void theDirectoryIsGoodToBeginWith() {
        assertDoesNotThrow(() -> TlsConfig.fromDirectory(directory.path()));
    }

    private void use(String algorithm) throws Exception {
        client = TlsDirectory.Credentials.issuedBy(authority, "client", algorithm);
        directory.put(client);
    }

    private PrivateKey key() {
        return client.keys().getPrivate();
    }

    private void assertKeyIsRead(String text) throws IOException {
        directory.put("client-key.pem", text);
        PrivateKey read = TlsConfig.fromDirectory(directory.path()).privateKey();
        assertEquals(secret(key()), secret(read));
    }

    /** What two forms of one key have in common; of EC keys the JDK compares the encoding. */
    private static Object secret(PrivateKey key) {
        return key instanceof java.security.interfaces.ECPrivateKey elliptic ? elliptic.getS() : key;
    }

    private String refused() {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> TlsConfig.fromDirectory(directory.path()))
                        .getMessage());
    }

    private void assertRefused(String file, String problem) {
        assertEquals(directory.path().resolve(file) + ", " + problem, refused());
    }

    private void assertKeyRefused(String text, String problem) throws IOException {
        directory.put("client-key.pem", text);
        assertRefused("client-key.pem", KEY + problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void keysOfAllAlgorithmsAreReadFromPkcs8(String algorithm) throws Exception {
        use(algorithm);
        assertKeyIsRead(TestPem.pkcs8(key()));
    }

    @Test
    void rsaKeysAreReadFromPkcs1() throws Exception {
        use("RSA");
        String pem = TestPem.of(key());
        assertTrue(pem.startsWith("-----BEGIN RSA PRIVATE KEY-----"), "the form under test");
        assertKeyIsRead(pem);
    }

    @Test
    void ecKeysAreReadFromSec1WithTheCurveInsideOrBefore() throws Exception {
        String pem = TestPem.sec1(key());
        assertKeyIsRead(pem);
        assertKeyIsRead(TestPem.parametersAndSec1(key()));
        assertKeyIsRead("a comment\r\n" + pem.replace("\n", "\r\n") + "another");
    }

    @Test
    void chainsAndAuthoritiesAreReadInOrder() throws Exception {
        TestAuthority other = new TestAuthority("other");
        directory.put("client.pem", TestPem.of(client.certificate(), authority.certificate()));
        directory.put("ca.pem", TestPem.of(authority.certificate(), other.certificate()));

        TlsConfig config = TlsConfig.fromDirectory(directory.path());

        assertEquals(List.of(client.certificate(), authority.certificate()), config.certificateChain());
        assertEquals(List.of(authority.certificate(), other.certificate()), config.caCertificates());
        assertEquals(2, config.trustManager().getAcceptedIssuers().length);
    }

    @Test
    void toStringShowsTheDirectoryAlone() {
        assertEquals(
                "TlsConfig[" + directory.path() + "]",
                TlsConfig.fromDirectory(directory.path()).toString());
    }

    @Test
    void aDirectoryThatIsNoneIsRefused() {
        Path absent = directory.path().resolve("absent");

        assertEquals(
                "the TLS directory " + absent
                        + " is not a directory: it must be one, with the files client.pem, client-key.pem and ca.pem",
                assertThrows(IllegalArgumentException.class, () -> TlsConfig.fromDirectory(absent))
                        .getMessage());
    }

    @Test
    void eachFileThatIsMissingIsNamed() throws Exception {
        Files.delete(directory.path().resolve("ca.pem"));
        assertRefused("ca.pem", AUTHORITIES + "does not exist: put it there, or correct the directory");
        Files.delete(directory.path().resolve("client-key.pem"));
        assertRefused("client-key.pem", KEY + "does not exist: put it there, or correct the directory");
        Files.delete(directory.path().resolve("client.pem"));
        assertRefused("client.pem", CERTIFICATE + "does not exist: put it there, or correct the directory");
    }

    @Test
    void eachFileThatIsEmptyIsNamed() throws Exception {
        directory.put("ca.pem", " \n");
        assertRefused("ca.pem", AUTHORITIES + "is empty: write it anew");
        directory.put("client-key.pem", "");
        assertRefused("client-key.pem", KEY + "is empty: write it anew");
        directory.put("client.pem", "");
        assertRefused("client.pem", CERTIFICATE + "is empty: write it anew");
    }

    @Test
    void whatIsNotAFileIsRefused() throws Exception {
        Files.delete(directory.path().resolve("ca.pem"));
        Files.createDirectory(directory.path().resolve("ca.pem"));

        assertRefused("ca.pem", AUTHORITIES + "is not a file: put a file in PEM in its place");
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws Exception {
        Path file = directory.path().resolve("client-key.pem");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read everything");

        assertTrue(refused().startsWith(file + ", " + KEY + "cannot be read: let this process read it ("), refused());
    }

    @Test
    void whatIsNotPemIsRefused() throws Exception {
        String notPem = "is not PEM: it has no line that begins with '-----BEGIN'; if it is DER or PKCS#12, convert it "
                + "with openssl";
        directory.put("ca.pem", "hello");
        assertRefused("ca.pem", AUTHORITIES + notPem);
        assertKeyRefused("hush", notPem);
        directory.put("client.pem", "hello");
        assertRefused("client.pem", CERTIFICATE + notPem);
        directory.put("client.pem", "x".repeat(2_000_000));
        assertRefused("client.pem", CERTIFICATE + "is larger than 1048576 bytes: it must be some other file");
    }

    @Test
    void aFileThatIsCutOffIsRefused() throws Exception {
        String cutOff = "has a BEGIN line without its END line: the file is cut off; write it anew";
        String certificate = TestPem.of(authority.certificate());
        directory.put("ca.pem", certificate + certificate.substring(0, 100));
        assertRefused("ca.pem", AUTHORITIES + cutOff);
        directory.put("ca.pem", certificate.substring(0, 100) + certificate);
        assertRefused("ca.pem", AUTHORITIES + cutOff);
    }

    /** To look for the end of each BEGIN anew took two minutes. */
    @Test
    void aFileOfNothingButBeginningsIsReadThroughOnce() throws Exception {
        directory.put("ca.pem", "-----BEGIN CERTIFICATE-----\n".repeat(30_000));
        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertRefused(
                        "ca.pem",
                        AUTHORITIES + "has a BEGIN line without its END line: the file is cut off; write it anew"));
    }

    @Test
    void onlySomeOfManyLabelsAreShown() throws Exception {
        StringBuilder blocks = new StringBuilder();
        for (int number = 0; number < 1000; number++) {
            blocks.append(TestPem.block("X" + number, new byte[] {1}));
        }
        directory.put("ca.pem", blocks.toString());
        assertRefused(
                "ca.pem",
                AUTHORITIES
                        + "holds no certificate: expected a block 'CERTIFICATE', found [X0, X1, X2, X3, X4, X5, X6, "
                        + "X7, X8, X9]");
    }

    @Test
    void aCertificateThatIsDamagedIsRefusedByItsNumber() throws Exception {
        directory.put("ca.pem", TestPem.of(authority.certificate()) + TestPem.block("CERTIFICATE", new byte[] {1, 2}));
        assertRefused(
                "ca.pem",
                AUTHORITIES
                        + "does not parse: its certificate number 2 is damaged, or of a kind that this JDK does not "
                        + "know; write the file anew");
        directory.put("client.pem", "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n");
        assertRefused(
                "client.pem",
                CERTIFICATE + "is damaged: what stands between BEGIN CERTIFICATE and END is not Base64; write it anew");
    }

    @Test
    void filesThatWereSwappedAreRefused() throws Exception {
        directory.put("client.pem", TestPem.pkcs8(key()));
        assertRefused(
                "client.pem",
                CERTIFICATE + "holds no certificate: expected a block 'CERTIFICATE', found [PRIVATE KEY]");
        directory.put(client);
        assertKeyRefused(
                TestPem.of(client.certificate()),
                "holds no private key: expected one block 'PRIVATE KEY', 'RSA PRIVATE KEY' or 'EC PRIVATE KEY', found "
                        + "[CERTIFICATE]");
    }

    @Test
    void twoKeysAreRefused() throws Exception {
        assertKeyRefused(
                TestPem.pkcs8(key()) + TestPem.of(key()),
                "holds more than one private key: expected one block 'PRIVATE KEY', 'RSA PRIVATE KEY' or 'EC PRIVATE "
                        + "KEY', found [PRIVATE KEY, EC PRIVATE KEY]");
    }

    @Test
    void encryptedKeysAreRefusedWithTheCommandThatDecryptsThem() throws Exception {
        String encrypted =
                "is encrypted, and there is no password to decrypt it with: decrypt it once with openssl pkey "
                        + "-in encrypted.pem -out client-key.pem, and restrict who may read it";
        assertKeyRefused(TestPem.encryptedPkcs8(key()), encrypted);
        assertKeyRefused(TestPem.encryptedInTheOldWay(key()), encrypted);
    }

    @Test
    void keysOfOtherFormsAndAlgorithmsAreRefused() throws Exception {
        assertKeyRefused(
                TestPem.block("OPENSSH PRIVATE KEY", new byte[] {1}),
                "holds a 'OPENSSH PRIVATE KEY': expected one block 'PRIVATE KEY', 'RSA PRIVATE KEY' or 'EC PRIVATE "
                        + "KEY'; convert it with openssl pkcs8 -topk8 -nocrypt");
        assertKeyRefused(
                TestPem.pkcs8(TestAuthority.keys("X25519").getPrivate()),
                "holds a key of an algorithm that is not supported: make one of RSA, EC or Ed25519");
        assertKeyRefused(
                TestPem.sec1WithoutCurve(key()),
                "does not say which curve its key is on: convert it, together with its 'EC PARAMETERS', with openssl "
                        + "pkcs8 -topk8 -nocrypt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aKeyThatIsCutOffAnywhereIsRefusedAndNeverShown(String algorithm) throws Exception {
        use(algorithm);
        byte[] pkcs8 = key().getEncoded();
        byte[] older = PrivateKeyInfo.getInstance(pkcs8).getPrivateKey().getOctets();
        for (int length = 0; length < pkcs8.length; length += 7) {
            assertCutOffKeyRefused("PRIVATE KEY", Arrays.copyOf(pkcs8, length));
        }
        for (int length = 0; length < older.length && !algorithm.equals("Ed25519"); length += 7) {
            assertCutOffKeyRefused(algorithm + " PRIVATE KEY", Arrays.copyOf(older, length));
        }
    }

    private void assertCutOffKeyRefused(String label, byte[] bytes) throws IOException {
        directory.put("client-key.pem", TestPem.block(label, bytes));
        String message = refused();
        assertTrue(message.startsWith(directory.path().resolve("client-key.pem") + ", " + KEY), message);
        String shown = Base64.getEncoder().encodeToString(bytes);
        assertFalse(shown.length() > 20 && message.contains(shown.substring(0, 20)), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void aKeyThatDoesNotBelongToTheCertificateIsRefused(String algorithm) throws Exception {
        assertKeyRefused(
                TestPem.pkcs8(TestAuthority.keys(algorithm).getPrivate()),
                "does not belong to the first certificate in client.pem: put the key and the certificate of one pair "
                        + "there; the client's own certificate comes first");
    }

    @Test
    void aKeyOfAnotherAlgorithmThanTheCertificateIsRefused() throws Exception {
        for (String algorithm : List.of("RSA", "Ed25519")) {
            directory.put(
                    "client-key.pem",
                    TestPem.pkcs8(TestAuthority.keys(algorithm).getPrivate()));
            assertTrue(refused().contains("does not belong to the first certificate"), refused());
        }
    }

    /** A curve that JDKs of today read the names of and no more. */
    @Test
    void aKeyThatTheJdkCannotSignWithIsRefusedAsSuch() throws Exception {
        byte[] scalar = new byte[32];
        scalar[31] = 7;
        ECPrivateKey key = new ECPrivateKey(256, new BigInteger(scalar), SECObjectIdentifiers.secp256k1);
        assertKeyRefused(
                TestPem.block("EC PRIVATE KEY", key.getEncoded()),
                "holds a key that this JDK cannot sign with: make one of RSA with 2048 bits or more, of EC on P-256, "
                        + "P-384 or P-521, or of Ed25519");
    }

    @Test
    void aChainInTheWrongOrderIsRefused() throws Exception {
        directory.put("client.pem", TestPem.of(authority.certificate(), client.certificate()));

        assertTrue(refused().endsWith("the client's own certificate comes first"), refused());
    }
}
