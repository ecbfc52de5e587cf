package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.lock.support.RecordKey;
import io.github.leaderelection.spi.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where the markers of sessions are, and what stands in them: the JSON of a Lease whose holder is the session, so that whoever
 * looks for the reason of something finds out when it was kept alive last.
 */
final class SessionMarkers {

    private static final String DIRECTORY = ".sessions";

    private final String directory;
    private final LeaseCodec reading;

    /** Below a prefix, beside the records of elections. */
    SessionMarkers(String prefix) {
        this.directory = RecordKey.of(prefix, DIRECTORY);
        this.reading = new LeaseCodec(DIRECTORY, directory, directory);
    }

    /** The marker of the session with that id, as it is; whatever a record names is looked for. */
    ByteSequence key(String session) {
        return text(directory() + session);
    }

    private static ByteSequence text(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** The session whose marker has that key. */
    String session(ByteSequence key) {
        return key.toString(StandardCharsets.UTF_8).substring(directory().length());
    }

    /**
     * What the client of a session writes.
     *
     * @throws IllegalArgumentException if the lease is not a whole number of seconds, from 1 on
     */
    ByteSequence value(String session, Duration lease, Instant opened) {
        LeaderElectionRecord record =
                new LeaderElectionRecord(session, lease, Optional.of(opened), Optional.of(Instant.now()), 0);
        return ByteSequence.from(new LeaseCodec(session, directory, directory() + session).encode(record));
    }

    /** The lease that a marker declares; empty if it is none. */
    Optional<Duration> lease(ByteSequence value) {
        try {
            LeaderElectionRecord record = reading.decode(value.getBytes()).record();
            return Optional.of(record.leaseDuration())
                    .filter(lease -> record.hasHolder() && lease.compareTo(Duration.ZERO) > 0);
        } catch (MalformedRecordException noMarker) {
            return Optional.empty();
        }
    }

    /** What all markers begin with. */
    String directory() {
        return directory + "/";
    }

    /** The first key of all that could be a marker. */
    ByteSequence first() {
        return text(directory());
    }

    /** The first key after the marker of a session. */
    ByteSequence after(String session) {
        return text(directory() + session + "\0");
    }

    /** The first key after all markers. */
    ByteSequence end() {
        return text(directory + (char) ('/' + 1));
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
