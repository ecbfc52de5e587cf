package io.github.leaderelection.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A real server with records on it, and what a test can do to both. What looks at records shares no code with the lock
 * under test. One thread at a time, but {@link #read}, which any thread may call.
 */
interface Backend extends AutoCloseable {

    /** Its port on 127.0.0.1, which stays the same over restarts. */
    int port();

    /** What a candidate needs to reach it, by full key; with the password, where it was opened with one. */
    Map<String, String> settings();

    /** As {@link #settings()}, but the server is looked for at that port of 127.0.0.1. */
    Map<String, String> settingsAt(int port);

    /** As {@link #settings()}, but with that password. */
    Map<String, String> settingsWithPassword(String password);

    /** As {@link #settings()}, but with the certificates in that directory. */
    Map<String, String> settingsWithTls(Path directory);

    /** What stands there for an election, with what its session's marker adds; fails while the server is away. */
    default Optional<StoredRecord> read(String election) {
        return readRecord(election)
                .map(record -> record.session().isEmpty()
                        ? record
                        : record.keptBy(readRecord(".sessions/" + record.session())));
    }

    /** What stands there under that name alone. */
    Optional<StoredRecord> readRecord(String name);

    /** How many requests the server has counted so far, by what it calls them; those of this object are among them. */
    Map<String, Long> requestCounts();

    /** Removes the record. */
    void delete(String election);

    /** Puts something in the place of the record that is none. */
    void corrupt(String election);

    /** Writes something that is no record of any election, so that the order of writes goes on. */
    void writeElsewhere();

    /** Ends the server on the spot. */
    void kill();

    /** Starts it with the data that it had. */
    void restart();

    /** Starts it without any data. */
    void restartEmpty();

    @Override
    void close();

    /**
     * A record as an onlooker sees it.
     *
     * @param version changes with every write
     * @param holder who holds it; empty if nobody does, or if it cannot be read
     * @param tenure what stays the same for as long as one tenure lasts
     * @param renewMillis the wall clock of the holder when it sent this; 0 if that cannot be read
     * @param session the session that it names, whose marker is renewed in its place; empty if it names none
     * @param text the whole of it
     */
    record StoredRecord(String version, String holder, String tenure, long renewMillis, String session, String text) {

        /** Reads the JSON of a Lease, or whatever else stands there. */
        static StoredRecord parse(String version, String text) {
            try {
                JsonObject spec = JsonParser.parseString(text).getAsJsonObject().getAsJsonObject("spec");
                if (!spec.has("holderIdentity") || !spec.has("renewTime")) {
                    return new StoredRecord(version, "", "", 0, "", text);
                }
                String tenure = spec.get("acquireTime") + "/" + spec.get("leaseTransitions");
                long renewed =
                        Instant.parse(spec.get("renewTime").getAsString()).toEpochMilli();
                String session = spec.has("session") ? spec.get("session").getAsString() : "";
                String holder = spec.get("holderIdentity").getAsString();
                return new StoredRecord(version, holder, tenure, renewed, session, text);
            } catch (JsonParseException | IllegalStateException corrupted) {
                return new StoredRecord(version, "", "", 0, "", text);
            }
        }

        /** The record with what its session's marker adds: each rewrite of that renews it, and nobody holds it without one. */
        StoredRecord keptBy(Optional<StoredRecord> marker) {
            return marker.map(kept -> new StoredRecord(
                            version + "+" + kept.version,
                            holder,
                            tenure,
                            Math.max(renewMillis, kept.renewMillis),
                            session,
                            text))
                    .orElseGet(() -> new StoredRecord(version + "+ended", "", "", renewMillis, session, text));
        }
    }
}
