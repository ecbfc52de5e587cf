package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.github.leaderelection.lock.support.RecordKey;
import java.nio.charset.StandardCharsets;

/** Where the markers of sessions are: the keys that etcd deletes when their sessions end. */
final class SessionMarkers {

    private static final String DIRECTORY = ".sessions";

    private final String directory;

    /** Below a prefix, beside the records of elections. */
    SessionMarkers(String prefix) {
        this.directory = RecordKey.of(prefix, DIRECTORY);
    }

    /** The marker of the session with that id, as it is; whatever a record names is looked for. */
    ByteSequence key(String session) {
        return ByteSequence.from(directory + "/" + session, StandardCharsets.UTF_8);
    }

    /** What all markers begin with, for messages. */
    String directory() {
        return directory + "/";
    }

    /** What all markers and all records begin with: where a candidate that holds by session needs its rights. */
    String rights() {
        return directory.substring(0, directory.length() - DIRECTORY.length());
    }

    /**
     * Sees to it that a record is no marker.
     *
     * @throws IllegalArgumentException if it is
     */
    void requireOutside(String key, String name) {
        if (key.equals(directory) || key.startsWith(directory())) {
            throw new IllegalArgumentException("the name '" + name + "' makes the key " + key + ", but below "
                    + directory() + " are the sessions of clients; give the election another name");
        }
    }
}
