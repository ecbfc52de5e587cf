package io.github.leaderelection.lock.support;

import com.google.gson.JsonObject;
import io.github.leaderelection.LeaderElectionRecord;
import java.util.Objects;

/**
 * A Lease as it was read: the record, and the whole document that it came from, so that what this library does not know
 * survives the next write. Immutable.
 */
public final class DecodedLease {

    private final LeaderElectionRecord record;
    private final JsonObject document;

    /** Takes over {@code document}, which nobody may change from now on. */
    DecodedLease(LeaderElectionRecord record, JsonObject document) {
        this.record = Objects.requireNonNull(record, "record");
        this.document = Objects.requireNonNull(document, "document");
    }

    /** The record that the document holds. */
    public LeaderElectionRecord record() {
        return record;
    }

    /** A copy that the caller may change. */
    JsonObject copyOfDocument() {
        return document.deepCopy();
    }

    @Override
    public String toString() {
        return "DecodedLease[" + record + "]";
    }
}
