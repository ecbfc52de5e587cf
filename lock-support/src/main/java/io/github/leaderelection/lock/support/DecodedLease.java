package io.github.leaderelection.lock.support;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.leaderelection.LeaderElectionRecord;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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

    /** A text under {@code metadata}, as {@code uid} or {@code resourceVersion}; empty if there is none, or if it is no text. */
    public Optional<String> metadata(String field) {
        return document.get("metadata") instanceof JsonObject metadata
                        && metadata.get(field) instanceof JsonPrimitive text
                        && text.isString()
                ? Optional.of(text.getAsString())
                : Optional.empty();
    }

    /** The same Lease, with that text under {@code metadata}. */
    public DecodedLease withMetadata(String field, String text) {
        JsonObject changed = copyWithMetadata();
        changed.getAsJsonObject("metadata").addProperty(field, text);
        return new DecodedLease(record, changed);
    }

    private JsonObject copyWithMetadata() {
        JsonObject changed = copyOfDocument();
        if (!(changed.get("metadata") instanceof JsonObject)) {
            changed.add("metadata", new JsonObject());
        }
        return changed;
    }

    /** The same Lease, with these texts, and those that it had, in an object under {@code metadata}, as {@code labels}. */
    public DecodedLease withMetadata(String field, Map<String, String> texts) {
        if (texts.isEmpty()) {
            return this;
        }
        JsonObject changed = copyWithMetadata();
        JsonObject metadata = changed.getAsJsonObject("metadata");
        if (!(metadata.get(field) instanceof JsonObject)) {
            metadata.add(field, new JsonObject());
        }
        texts.forEach(metadata.getAsJsonObject(field)::addProperty);
        return new DecodedLease(record, changed);
    }

    /** The same Lease, with that text at the top, as {@code kind}. */
    public DecodedLease with(String field, String text) {
        JsonObject changed = copyOfDocument();
        changed.addProperty(field, text);
        return new DecodedLease(record, changed);
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
