package io.github.leaderelection.testservers;

import java.nio.charset.StandardCharsets;

/**
 * What stands under a key.
 *
 * @param bytes the value
 * @param modRevision the revision of the last write to it
 */
public record EtcdValue(byte[] bytes, long modRevision) {

    /** The value as text. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
