package io.github.leaderelection.lock.kubernetes;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.spi.Excerpt;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Records as the documents that an API server takes and gives. */
final class LeaseDocuments {

    /** More than the largest Lease, so that one in a list or an event fits, too. */
    static final int BODY_BYTES_MAX = 2 * LeaseCodec.DOCUMENT_BYTES_MAX;

    /** Marks a write that would otherwise change nothing. */
    static final String REWRITTEN = "leaderelection.github.io/rewritten";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final LeaseCodec codec;
    private final String place;
    private final Map<String, String> labels;
    private final Map<String, String> annotations;

    /**
     * Documents of one Lease.
     *
     * @param labels what it has to bear, besides what it bears
     * @param annotations likewise
     */
    LeaseDocuments(LeasePaths paths, String place, Map<String, String> labels, Map<String, String> annotations) {
        this.codec = new LeaseCodec(paths.lease(), paths.namespace(), place);
        this.place = place;
        this.labels = labels;
        this.annotations = annotations;
    }

    /** A new Lease. */
    byte[] create(LeaderElectionRecord record) {
        requireNoSession(record);
        return codec.encode(record, dressed(codec.blank()));
    }

    /**
     * The Lease as it was, but for the record. Its {@code resourceVersion} has the API server compare the version, and its
     * {@code uid} the Lease itself: without it, an update would bring a deleted Lease back.
     *
     * <p>An API server that finds nothing changed writes nothing, and there would be no new version. So a record that stands
     * there already is written with a mark.
     */
    byte[] update(LeaderElectionRecord record, KubernetesLeaseVersion expected) {
        requireNoSession(record);
        DecodedLease document = dressed(codec.decode(expected.document()));
        return codec.encode(
                record,
                record.equals(document.record())
                        ? document.withMetadata(
                                "annotations",
                                Map.of(REWRITTEN, UUID.randomUUID().toString()))
                        : document);
    }

    private static void requireNoSession(LeaderElectionRecord record) {
        if (record.session().isPresent()) {
            throw new IllegalArgumentException("a Lease has no session to be held by, but the record names '"
                    + record.session().get() + "'");
        }
    }

    /** Items of a list bear neither kind nor version. */
    private DecodedLease dressed(DecodedLease document) {
        return document.with("kind", "Lease")
                .with("apiVersion", "coordination.k8s.io/v1")
                .withMetadata("labels", labels)
                .withMetadata("annotations", annotations);
    }

    /**
     * The record in a Lease.
     *
     * @throws MalformedRecordException if it is none, or has no numeric {@code resourceVersion}
     */
    LockSnapshot snapshot(byte[] bytes) {
        DecodedLease lease = codec.decode(bytes);
        return new LockSnapshot(lease.record(), version(lease, bytes));
    }

    /** The version of a Lease that was written. */
    KubernetesLeaseVersion version(byte[] bytes) {
        return version(codec.decode(bytes), bytes);
    }

    private KubernetesLeaseVersion version(DecodedLease lease, byte[] bytes) {
        String resourceVersion = lease.metadata("resourceVersion").orElse("");
        if (!NUMBER.matcher(resourceVersion).matches()) {
            throw new MalformedRecordException(
                    place + ": expected a number as metadata.resourceVersion, which orders the"
                            + " writes and becomes the fencing token, but came '"
                            + Excerpt.of(resourceVersion)
                            + "'; this API server keeps its objects in something that gives no order, and cannot be used");
        }
        return new KubernetesLeaseVersion(Long.parseLong(resourceVersion), lease.metadata("uid"), bytes);
    }

    /**
     * A list of at most this one Lease.
     *
     * @param resourceVersion from where to watch
     * @param lease the bytes of the Lease
     */
    record Listed(String resourceVersion, Optional<byte[]> lease) {

        /** Reads a list; empty if it is none. */
        static Optional<Listed> of(JsonObject list) {
            if (!(list.get("metadata") instanceof JsonObject metadata)
                    || !(metadata.get("resourceVersion") instanceof JsonPrimitive version)
                    || !NUMBER.matcher(version.getAsString()).matches()) {
                return Optional.empty();
            }
            // The server leaves out the field, or says null, if there are none.
            if (list.get("items") instanceof JsonArray items && !items.isEmpty()) {
                return Optional.of(new Listed(version.getAsString(), Optional.of(bytes(items.get(0)))));
            }
            return Optional.of(new Listed(version.getAsString(), Optional.empty()));
        }
    }

    /** An element of a document as a document of its own. */
    static byte[] bytes(JsonElement element) {
        return element.toString().getBytes(StandardCharsets.UTF_8);
    }
}
