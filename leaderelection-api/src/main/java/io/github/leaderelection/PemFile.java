package io.github.leaderelection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks, read once; and the words for what is wrong with it. Messages never show contents.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class PemFile {

    /** A megabyte: many times the largest bundle of certificates; more is some other file. */
    private static final long SIZE_MAX = 1 << 20;

    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";
    private static final Pattern LABEL = Pattern.compile("[A-Z0-9 ]{1,64}");
    /** More do not make a message clearer. */
    private static final int LABELS_SHOWN_MAX = 10;

    private static final Pattern LEGACY_ENCRYPTION = Pattern.compile("(?m)^(Proc-Type:.*ENCRYPTED|DEK-Info:.*)$");

    /** What stands between a BEGIN and an END; {@code body} still in Base64. */
    record Block(String label, String body) {

        /** In the way of old (RFC 1421) or of PKCS#8. */
        boolean isEncrypted() {
            return label.startsWith("ENCRYPTED ")
                    || LEGACY_ENCRYPTION.matcher(body).find();
        }

        /** Does not show the body, which may be a key. */
        @Override
        public String toString() {
            return "Block[" + label + "]";
        }
    }

    private final Path path;
    private final String purpose;
    private final List<Block> blocks;

    private PemFile(Path path, String purpose, List<Block> blocks) {
        this.path = path;
        this.purpose = purpose;
        this.blocks = blocks;
    }

    /**
     * Reads {@code path}.
     *
     * @param purpose what the file holds, for messages: "the private key of the client"
     * @throws IllegalArgumentException if it cannot be read as PEM
     */
    static PemFile read(Path path, String purpose) {
        String text = text(path, purpose);
        List<Block> blocks = new ArrayList<>();
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin)) {
            int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(begin + BEGIN.length(), labelEnd);
            String endLine = "-----END " + label + DASHES;
            int end = LABEL.matcher(label).matches() ? text.indexOf(endLine, labelEnd + DASHES.length()) : -1;
            String body = end < 0 ? BEGIN : text.substring(labelEnd + DASHES.length(), end);
            if (body.contains(BEGIN)) { // at once, so that a file of nothing but BEGIN lines is read through but once
                throw error(path, purpose, "has a BEGIN line without its END line: the file is cut off; write it anew");
            }
            blocks.add(new Block(label, body));
            begin = end + endLine.length();
        }
        if (blocks.isEmpty()) {
            throw error(
                    path,
                    purpose,
                    "is not PEM: it has no line that begins with '-----BEGIN'; if it is DER or "
                            + "PKCS#12, convert it with openssl");
        }
        return new PemFile(path, purpose, List.copyOf(blocks));
    }

    private static String text(Path path, String purpose) {
        if (!Files.exists(path)) {
            throw error(path, purpose, "does not exist: put it there, or correct the directory");
        }
        if (!Files.isRegularFile(path)) {
            throw error(path, purpose, "is not a file: put a file in PEM in its place");
        }
        try {
            if (Files.size(path) > SIZE_MAX) {
                throw error(path, purpose, "is larger than " + SIZE_MAX + " bytes: it must be some other file");
            }
            String text = Files.readString(path, StandardCharsets.ISO_8859_1);
            if (text.isBlank()) {
                throw error(path, purpose, "is empty: write it anew");
            }
            return text;
        } catch (IOException unreadable) {
            throw error(path, purpose, "cannot be read: let this process read it (" + unreadable + ")", unreadable);
        }
    }

    List<Block> blocks() {
        return blocks;
    }

    /** The labels of the first blocks, for messages. */
    List<String> labels() {
        return blocks.stream()
                .map(Block::label)
                .distinct()
                .limit(LABELS_SHOWN_MAX)
                .toList();
    }

    /** The bytes of a block of this file. */
    byte[] bytes(Block block) {
        try {
            return Base64.getDecoder().decode(block.body().replaceAll("\\s", ""));
        } catch (IllegalArgumentException malformed) {
            // Without the cause, whose message shows a piece of what may be a key.
            throw error("is damaged: what stands between BEGIN " + block.label() + " and END is not Base64; write it "
                    + "anew");
        }
    }

    /** An error about this file: {@code problem} says what came and what to do. */
    IllegalArgumentException error(String problem) {
        return error(path, purpose, problem);
    }

    IllegalArgumentException error(String problem, Throwable cause) {
        return error(path, purpose, problem, cause);
    }

    private static IllegalArgumentException error(Path path, String purpose, String problem) {
        return new IllegalArgumentException(message(path, purpose, problem));
    }

    private static IllegalArgumentException error(Path path, String purpose, String problem, Throwable cause) {
        return new IllegalArgumentException(message(path, purpose, problem), cause);
    }

    private static String message(Path path, String purpose, String problem) {
        return path + ", " + purpose + " in PEM, " + problem;
    }
}
