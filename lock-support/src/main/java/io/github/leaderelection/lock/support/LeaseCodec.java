package io.github.leaderelection.lock.support;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import io.github.leaderelection.spi.Excerpt;
import io.github.leaderelection.spi.MalformedRecordException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into the bytes of a {@code coordination.k8s.io/v1} Lease and back, exactly as the Go package
 * {@code leaderelection} writes them, so that both can contend for one record.
 *
 * <p>Lenient where writers differ: a missing or null field stands for nothing (no holder, zero, no time), times may have
 * any number of fraction digits up to nine and any offset. Strict otherwise: what is not a Lease is refused, so that it is
 * never overwritten. Immutable; may be used from any thread.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/">Lease v1</a>
 */
public final class LeaseCodec {

    /** The largest document, in bytes: 1 MiB, what ZooKeeper holds by default and a little less than etcd takes. */
    public static final int DOCUMENT_BYTES_MAX = 1 << 20;

    private static final String SPEC = "spec.";
    private static final String HOLDER = "holderIdentity";
    private static final String DURATION = "leaseDurationSeconds";
    private static final String ACQUIRED = "acquireTime";
    private static final String RENEWED = "renewTime";
    private static final String TRANSITIONS = "leaseTransitions";

    /** Not of Kubernetes: the session that holds the record. Writers that do not know it leave it out, as they should. */
    private static final String SESSION = "session";

    /** Nor these, which say how the holder came by the record, and who is to be next. */
    private static final String CLAIM = "claim";

    private static final String SUCCESSOR = "successor";

    /** As client-go: a released record declares the shortest lease, so that electors that ignore the holder wait briefly. */
    private static final int RELEASED_SECONDS = 1;

    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})");

    private final String name;
    private final String namespace;
    private final String place;

    /**
     * A codec for one record.
     *
     * @param name what a new document has as {@code metadata.name}
     * @param namespace what a new document has as {@code metadata.namespace}
     * @param place where the record is, for messages, for example {@code etcd key /registry/leaderelection/demo}
     */
    public LeaseCodec(String name, String namespace, String place) {
        this.name = Objects.requireNonNull(name, "name");
        this.namespace = Objects.requireNonNull(namespace, "namespace");
        this.place = Objects.requireNonNull(place, "place");
    }

    /**
     * Makes a new document.
     *
     * @throws IllegalArgumentException as {@link #encode(LeaderElectionRecord, DecodedLease)}
     */
    public byte[] encode(LeaderElectionRecord record) {
        return encode(record, blank());
    }

    /** A document that names the election and holds no record yet, to be written upon. */
    public DecodedLease blank() {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", name);
        metadata.addProperty("namespace", namespace);
        metadata.add("creationTimestamp", JsonNull.INSTANCE);
        JsonObject document = new JsonObject();
        document.add("metadata", metadata);
        document.add("spec", new JsonObject());
        return new DecodedLease(
                new LeaderElectionRecord("", Duration.ZERO, Optional.empty(), Optional.empty(), 0), document);
    }

    /**
     * Writes the record into the document that was read before. All else in it stays: fields that this library does not
     * know, their order, and the letters of numbers. A record without a holder whose lease no document can represent, as
     * zero, is written with a lease of one second.
     *
     * @throws IllegalArgumentException if the record has a holder and its lease is not a whole number of seconds from 1 to
     *     2147483647, if a time is not in the years 0 to 9999, if the identity is not well-formed UTF-16, or if the
     *     document becomes larger than {@link #DOCUMENT_BYTES_MAX}
     */
    public byte[] encode(LeaderElectionRecord record, DecodedLease previous) {
        return fill(previous.copyOfDocument(), record);
    }

    private byte[] fill(JsonObject document, LeaderElectionRecord record) {
        JsonObject spec = document.getAsJsonObject("spec");
        spec.addProperty(HOLDER, record.holderIdentity());
        spec.addProperty(DURATION, seconds(record));
        spec.add(ACQUIRED, time(record.acquireTime()));
        spec.add(RENEWED, time(record.renewTime()));
        spec.addProperty(TRANSITIONS, record.leaderTransitions());
        spec.remove(SESSION);
        spec.remove(CLAIM);
        spec.remove(SUCCESSOR);
        record.session().ifPresent(session -> spec.addProperty(SESSION, session));
        record.claim().ifPresent(claim -> spec.addProperty(CLAIM, claim));
        record.successor().ifPresent(successor -> spec.add(SUCCESSOR, object(successor)));
        byte[] bytes = print(document);
        if (bytes.length > DOCUMENT_BYTES_MAX) {
            throw new IllegalArgumentException(place + ": the Lease would have " + bytes.length + " bytes, but at most "
                    + DOCUMENT_BYTES_MAX + " are allowed; shorten the identity, or what else stands in the document");
        }
        return bytes;
    }

    private static JsonObject object(Successor successor) {
        JsonObject object = new JsonObject();
        object.addProperty(HOLDER, successor.holderIdentity());
        object.addProperty(DURATION, wholeSeconds(successor.leaseDuration()));
        object.addProperty(SESSION, successor.session());
        object.addProperty(CLAIM, successor.claim());
        return object;
    }

    private byte[] print(JsonObject document) {
        try {
            return JsonText.print(document);
        } catch (CharacterCodingException halfAPair) {
            throw new IllegalArgumentException(
                    place + ": the identity or the name holds half a surrogate pair, which is not text; choose another",
                    halfAPair);
        }
    }

    private static int seconds(LeaderElectionRecord record) {
        Duration lease = record.leaseDuration();
        return record.hasHolder() || isWholeSeconds(lease) ? wholeSeconds(lease) : RELEASED_SECONDS;
    }

    private static boolean isWholeSeconds(Duration lease) {
        return lease.getNano() == 0 && lease.getSeconds() >= 1 && lease.getSeconds() <= Integer.MAX_VALUE;
    }

    private static int wholeSeconds(Duration lease) {
        if (!isWholeSeconds(lease)) {
            throw new IllegalArgumentException("leaseDuration must be a whole number of seconds from 1 to "
                    + Integer.MAX_VALUE + ", because a Lease counts in seconds, but is " + lease);
        }
        return (int) lease.getSeconds();
    }

    private static JsonElement time(Optional<Instant> time) {
        if (time.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        if (!hasFourDigitYear(time.get())) {
            throw new IllegalArgumentException(
                    "a Lease can only tell times of the years 0 to 9999, but the record says " + time.get());
        }
        return new JsonPrimitive(MicroTime.format(time.get()));
    }

    /** All that can be written, since times are written in UTC. */
    private static boolean hasFourDigitYear(Instant time) {
        int year = time.atOffset(ZoneOffset.UTC).getYear();
        return year >= 0 && year <= 9999;
    }

    /**
     * Reads a document.
     *
     * @throws MalformedRecordException if the bytes are not a Lease, or if it declares what no Lease may
     */
    public DecodedLease decode(byte[] bytes) {
        if (bytes.length > DOCUMENT_BYTES_MAX) {
            throw malformed("is " + bytes.length + " bytes long, and a Lease has at most " + DOCUMENT_BYTES_MAX, null);
        }
        JsonElement element;
        try {
            element = JsonText.parse(bytes);
        } catch (IOException | JsonParseException notJson) {
            String came = bytes.length == 0 ? "is empty" : "is not JSON, or is nested too deeply: " + shown(bytes);
            throw malformed(came, notJson);
        }
        if (!(element instanceof JsonObject document)) {
            throw malformed("is not a JSON object: " + shown(bytes), null);
        }
        if (!(document.get("spec") instanceof JsonObject spec)) {
            throw malformed("has no object 'spec': " + shown(bytes), null);
        }
        JsonElement metadata = present(document, "metadata");
        if (metadata != null && !metadata.isJsonObject()) {
            throw wrongField("metadata", "an object", metadata, null);
        }
        String holder = text(spec, SPEC, HOLDER).orElse("");
        Optional<String> session = session(spec, holder);
        return new DecodedLease(
                new LeaderElectionRecord(
                        holder,
                        Duration.ofSeconds(count(spec, SPEC, DURATION)),
                        instant(spec, ACQUIRED),
                        instant(spec, RENEWED),
                        count(spec, SPEC, TRANSITIONS),
                        session,
                        claim(spec, session),
                        successor(spec, session)),
                document);
    }

    /** What the field holds; null if that is nothing. */
    private static @Nullable JsonElement present(JsonObject object, String field) {
        JsonElement value = object.get(field);
        return value == null || value.isJsonNull() ? null : value;
    }

    private Optional<String> text(JsonObject object, String path, String field) {
        JsonElement value = present(object, field);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return Optional.of(primitive.getAsString());
        }
        throw wrongField(path + field, "a string", value, null);
    }

    private Optional<String> session(JsonObject spec, String holder) {
        Optional<String> session = text(spec, SPEC, SESSION);
        if (session.isPresent() && (session.get().isBlank() || holder.isEmpty())) {
            throw wrongField(SPEC + SESSION, "the session of a holder", spec.get(SESSION), null);
        }
        return session;
    }

    /** Where no session holds the record, somebody who does not know this field has left it there. */
    private Optional<String> claim(JsonObject spec, Optional<String> session) {
        return session.flatMap(holding -> text(spec, SPEC, CLAIM));
    }

    private Optional<Successor> successor(JsonObject spec, Optional<String> session) {
        JsonElement value = session.isEmpty() ? null : present(spec, SUCCESSOR);
        if (value == null) {
            return Optional.empty();
        }
        String expected = "a successor, with an identity, a lease, a session and a claim";
        if (!(value instanceof JsonObject object)) {
            throw wrongField(SPEC + SUCCESSOR, expected, value, null);
        }
        String path = SPEC + SUCCESSOR + ".";
        try {
            return Optional.of(new Successor(
                    text(object, path, HOLDER).orElse(""),
                    Duration.ofSeconds(count(object, path, DURATION)),
                    text(object, path, SESSION).orElse(""),
                    text(object, path, CLAIM).orElse("")));
        } catch (IllegalArgumentException incomplete) {
            throw wrongField(SPEC + SUCCESSOR, expected, object, incomplete);
        }
    }

    private int count(JsonObject object, String path, String field) {
        JsonElement value = present(object, field);
        if (value == null) {
            return 0;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                int count = Integer.parseInt(primitive.getAsString()); // JSON has no plus sign, nor a leading zero
                if (count >= 0) {
                    return count;
                }
            } catch (NumberFormatException fractionOrTooLarge) {
                throw wrongCount(path + field, value, fractionOrTooLarge);
            }
        }
        throw wrongCount(path + field, value, null);
    }

    private MalformedRecordException wrongCount(String path, JsonElement came, @Nullable Exception cause) {
        return wrongField(path, "a whole number from 0 to " + Integer.MAX_VALUE, came, cause);
    }

    private Optional<Instant> instant(JsonObject spec, String field) {
        return text(spec, SPEC, field)
                .map(letters -> MicroTime.parse(letters).orElseGet(() -> instant(spec, field, letters)));
    }

    private Instant instant(JsonObject spec, String field, String letters) {
        String expected = "a time as in RFC 3339, in the years 0 to 9999 of UTC";
        if (!RFC_3339.matcher(letters).matches()) {
            throw wrongField(SPEC + field, expected, spec.get(field), null);
        }
        Instant time;
        try {
            time = OffsetDateTime.parse(letters).toInstant();
        } catch (DateTimeException noSuchTime) {
            throw wrongField(SPEC + field, expected, spec.get(field), noSuchTime);
        }
        if (!hasFourDigitYear(time)) {
            throw wrongField(SPEC + field, expected, spec.get(field), null);
        }
        return time;
    }

    private MalformedRecordException wrongField(
            String path, String expected, JsonElement came, @Nullable Exception cause) {
        return malformed("has as " + path + " not " + expected + " but " + shown(came), cause);
    }

    private MalformedRecordException malformed(String whatCame, @Nullable Exception cause) {
        String message = place + ": expected the JSON of a coordination.k8s.io/v1 Lease, but the value " + whatCame
                + "; it is left as it is: see who wrote it, and delete it or choose another name for the election";
        return cause == null ? new MalformedRecordException(message) : new MalformedRecordException(message, cause);
    }

    private static String shown(JsonElement element) {
        return "'" + Excerpt.of(element.toString()) + "'";
    }

    private static String shown(byte[] bytes) {
        return "'" + Excerpt.of(new String(bytes, 0, Math.min(bytes.length, 256), StandardCharsets.UTF_8)) + "'";
    }
}
