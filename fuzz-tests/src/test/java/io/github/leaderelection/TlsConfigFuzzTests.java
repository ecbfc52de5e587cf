package io.github.leaderelection;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import io.github.leaderelection.testservers.TestCertificates;
import io.github.leaderelection.testservers.TestCertificates.KeyFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;

/** Good TLS files, one of which is replaced by something else. */
class TlsConfigFuzzTests {

    private static final List<String> FILES =
            List.of(TlsMaterial.CERTIFICATE_FILE, TlsMaterial.KEY_FILE, TlsMaterial.AUTHORITIES_FILE);
    private static final List<String> LABELS =
            List.of("CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "EC PARAMETERS");
    private static final List<String> PIECES = List.of(
            "-----BEGIN CERTIFICATE-----\n",
            "-----END CERTIFICATE-----\n",
            "-----BEGIN PRIVATE KEY-----\n",
            "-----END PRIVATE KEY-----\n",
            "-----BEGIN ",
            "A",
            "-",
            "\n",
            "Proc-Type: 4,ENCRYPTED\n",
            "DEK-Info: AES\n",
            Refusal.SECRET + "!");
    private static final int FILE_BYTES_MAX = 1_100_000;

    private static final Map<KeyFormat, Path> DIRECTORIES = new EnumMap<>(KeyFormat.class);

    @BeforeAll
    static void makeGoodFiles() throws IOException {
        TestCertificates authority = TestCertificates.create();
        for (KeyFormat format : KeyFormat.values()) {
            DIRECTORIES.put(format, authority.writeClient(Files.createTempDirectory("fuzz-tls"), format, "fuzz"));
        }
    }

    @FuzzTest
    void filesAreReadOrRefused(FuzzedDataProvider data) throws IOException {
        Path directory = Objects.requireNonNull(DIRECTORIES.get(data.pickValue(KeyFormat.values())));
        Path file = directory.resolve(data.pickValue(FILES));
        byte[] good = Files.readAllBytes(file);
        try {
            Files.write(file, other(good, data));
            Refusal.orReadSecretly(IllegalArgumentException.class, () -> TlsConfig.fromDirectory(directory));
        } finally {
            Files.write(file, good);
        }
    }

    private static byte[] other(byte[] good, FuzzedDataProvider data) {
        return switch (data.consumeInt(0, 3)) {
            case 0 -> data.consumeRemainingAsBytes();
            case 1 -> block(data.pickValue(LABELS), data.consumeRemainingAsBytes());
            case 2 -> damaged(good, data);
            default -> pieces(good, data);
        };
    }

    private static byte[] block(String label, byte[] contents) {
        return ("-----BEGIN " + label + "-----\n" + Base64.getEncoder().encodeToString(contents) + "\n-----END " + label
                        + "-----\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same block, a few bytes of which are others. */
    private static byte[] damaged(byte[] good, FuzzedDataProvider data) {
        String[] lines = new String(good, StandardCharsets.ISO_8859_1).split("\n");
        String label = lines[0].replaceAll("-----(BEGIN )?", "").strip();
        byte[] contents =
                Base64.getMimeDecoder().decode(String.join("", Arrays.copyOfRange(lines, 1, lines.length - 1)));
        for (int edit = data.consumeInt(1, 8); edit > 0; edit--) {
            int begin = data.consumeInt(0, contents.length - 1);
            int end = Math.min(contents.length, begin + data.pickValue(new int[] {1, 2, 32, 128, 256}));
            Arrays.fill(contents, begin, end, data.consumeByte());
        }
        return block(label, contents);
    }

    private static byte[] pieces(byte[] good, FuzzedDataProvider data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (data.remainingBytes() > 0 && out.size() < FILE_BYTES_MAX) {
            int which = data.consumeInt(0, PIECES.size() + 1);
            byte[] piece = which < PIECES.size()
                    ? PIECES.get(which).getBytes(StandardCharsets.ISO_8859_1)
                    : which == PIECES.size() ? good : data.consumeBytes(20);
            int count = data.consumeBoolean() ? 1 : data.consumeInt(1, 100_000);
            for (int i = 0; i < count && out.size() < FILE_BYTES_MAX; i++) {
                out.writeBytes(piece);
            }
        }
        return out.toByteArray();
    }
}
