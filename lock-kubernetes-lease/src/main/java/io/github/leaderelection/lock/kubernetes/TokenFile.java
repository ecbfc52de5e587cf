package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A token in a file, which is read for each request: the kubelet replaces the token of a service account before it expires. */
record TokenFile(Path file) implements OAuthTokenProvider {

    /**
     * The token as it is now.
     *
     * @throws IllegalArgumentException if there is none
     */
    @Override
    public String getToken() {
        String token;
        try {
            token = Files.readString(file).strip();
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
        return token;
    }
}
