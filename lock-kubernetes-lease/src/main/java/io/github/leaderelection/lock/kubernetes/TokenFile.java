package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A token in a file, which is read for each request: the kubelet replaces the token of a service account before it expires. */
record TokenFile(Path file) implements OAuthTokenProvider {

    /** Ten times the longest token of a service account. */
    private static final int BYTES_MAX = 1 << 16;

    /** What a header can hold, as RFC 6750 has it, and a little more. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    /** Refuses what a header cannot hold: the JDK's client would show it in its error. */
    static String checked(String what, String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException(what + " holds something other than a token: expected letters, digits"
                    + " and punctuation of ASCII, without white space between them");
        }
        return token;
    }

    /**
     * The token as it is now.
     *
     * @throws IllegalArgumentException if there is none, or something else; does not show it
     */
    @Override
    public String getToken() {
        String token;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IllegalArgumentException("the token file " + file + " has more than " + BYTES_MAX
                        + " bytes: it must be some other file");
            }
            token = new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "the token file " + file
                            + " is not there, or cannot be read: see that the path is right and that this"
                            + " process may read the file",
                    unreadable);
        }
        if (token.isEmpty()) {
            throw new IllegalArgumentException("the token file " + file + " is empty: expected a token in it");
        }
        return checked("the token file " + file, token);
    }
}
