package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import io.github.leaderelection.spi.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a Lease. */
class LeaseCodecTests {

    private static final String EXAMPLE = "{\"metadata\":{\"name\":\"demo\",\"namespace\":"
            + "\"/registry/leaderelection/demo\",\"creationTimestamp\":null},\"spec\":{\"holderIdentity\":\"pod-a\","
            + "\"leaseDurationSeconds\":15,\"acquireTime\":\"2026-11-22T07:24:54.924100Z\","
            + "\"renewTime\":\"2026-11-22T07:24:56.928780Z\",\"leaseTransitions\":0}}";
    private static final Instant ACQUIRED = Instant.parse("2026-11-22T07:24:54.924100Z");
    private static final Instant RENEWED = Instant.parse("2026-11-22T07:24:56.928780Z");

    private final LeaseCodec codec = new LeaseCodec("demo", "/registry/leaderelection/demo", "etcd key /the/key");

    private static LeaderElectionRecord held(String holder) {
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), Optional.of(ACQUIRED), Optional.of(RENEWED), 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String rewritten(String document, LeaderElectionRecord record) {
        return text(codec.encode(record, codec.decode(bytes(document))));
    }

    private LeaderElectionRecord decodeSpec(String spec) {
        return codec.decode(bytes("{\"spec\":" + spec + "}")).record();
    }

    @Test
    void aNewDocumentIsLetterForLetterWhatTheGoPackageWrites() {
        assertEquals(EXAMPLE, text(codec.encode(held("pod-a"))));
    }

    @Test
    void whatIsWrittenReadsBackAsTheSameRecord() {
        assertEquals(held("pod-a"), codec.decode(bytes(EXAMPLE)).record());
        assertEquals(EXAMPLE, rewritten(EXAMPLE, held("pod-a")));
    }

    @Test
    void aSessionIsAFieldThatGoesWhenTheRecordNamesNone() {
        LeaderElectionRecord bound = new LeaderElectionRecord(
                "pod-a", Duration.ofSeconds(15), Optional.of(ACQUIRED), Optional.of(RENEWED), 0, Optional.of("7f"));
        String document = EXAMPLE.replace("Transitions\":0", "Transitions\":0,\"session\":\"7f\"");

        assertEquals(document, text(codec.encode(bound)));
        assertEquals(bound, codec.decode(bytes(document)).record());
        assertEquals(EXAMPLE, rewritten(document, held("pod-a")));
    }

    /** As those leave them who do not know them. */
    @Test
    void aClaimAndASuccessorWithoutASessionAreIgnored() {
        LeaderElectionRecord renewed =
                decodeSpec("{\"holderIdentity\":\"a\",\"leaseDurationSeconds\":15,\"claim\":\"c\",\"successor\":{}}");
        assertEquals(Optional.empty(), renewed.claim());
        assertEquals(Optional.empty(), renewed.successor());
    }

    @Test
    void aSuccessorIsAFieldThatGoesWhenTheRecordNamesNone() {
        LeaderElectionRecord bound = new LeaderElectionRecord(
                "pod-a",
                Duration.ofSeconds(15),
                Optional.of(ACQUIRED),
                Optional.of(RENEWED),
                0,
                Optional.of("7f"),
                Optional.of("c-0"),
                Optional.of(new Successor("pod-b", Duration.ofSeconds(20), "80", "d-1")));
        String handedOver = EXAMPLE.replace("Transitions\":0", "Transitions\":0,\"session\":\"7f\",\"claim\":\"c-0\"");
        String document = handedOver.replace(
                "\"c-0\"",
                "\"c-0\",\"successor\":{\"holderIdentity\":\"pod-b\",\"leaseDurationSeconds\":20,"
                        + "\"session\":\"80\",\"claim\":\"d-1\"}");

        assertEquals(document, text(codec.encode(bound)));
        assertEquals(bound, codec.decode(bytes(document)).record());
        assertEquals(handedOver, rewritten(document, bound.withSuccessor(Optional.empty())));
        assertEquals(EXAMPLE, rewritten(document, held("pod-a")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'holderIdentity':'a','session':'7f','claim':3}                        | spec.claim
            {'holderIdentity':'a','session':'7f','successor':'b'}                  | spec.successor
            {'holderIdentity':'a','session':'7f','successor':{}}                   | spec.successor
            {'holderIdentity':'a','session':'7f','successor':{'session':80}}       | spec.successor.session
            {'holderIdentity':'a','session':'7f','successor':{'leaseDurationSeconds':'x'}} | spec.successor.leaseDurationSeconds
            """)
    void aClaimOrASuccessorThatIsNoneIsMalformed(String spec, String path) {
        MalformedRecordException refused =
                assertThrows(MalformedRecordException.class, () -> decodeSpec(spec.replace('\'', '"')));
        assertTrue(String.valueOf(refused.getMessage()).contains("has as " + path + " not "), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'holderIdentity':'a','session':' '}",
                "{'holderIdentity':'a','session':7}",
                "{'session':'7f'}",
                "{'holderIdentity':'','session':'7f'}"
            })
    void aSessionThatHoldsNothingIsMalformed(String spec) {
        MalformedRecordException refused =
                assertThrows(MalformedRecordException.class, () -> decodeSpec(spec.replace('\'', '"')));
        assertTrue(String.valueOf(refused.getMessage()).contains("spec.session"), refused.getMessage());
    }

    @Test
    void aReleasedRecordIsWrittenAsTheGoPackageWritesIt() {
        String expected = EXAMPLE.replace("pod-a", "")
                .replace(":15", ":1")
                .replace("54.924100", "56.928780")
                .replace("Transitions\":0", "Transitions\":7");
        for (Duration lease : new Duration[] {Duration.ofSeconds(1), Duration.ZERO, Duration.ofMillis(10)}) {
            LeaderElectionRecord released =
                    new LeaderElectionRecord("", lease, Optional.of(RENEWED), Optional.of(RENEWED), 7);
            assertEquals(expected, text(codec.encode(released)));
        }
    }

    @Test
    void timesThatAreMissingAreWrittenAsNull() {
        String written = text(codec.encode(
                new LeaderElectionRecord("a", Duration.ofSeconds(1), Optional.empty(), Optional.empty(), 0)));
        assertTrue(written.contains("\"acquireTime\":null,\"renewTime\":null,\"leaseTransitions\":0"), written);
    }

    @Test
    void sixFractionDigitsAreWrittenEvenIfTheyAreZero() {
        LeaderElectionRecord record = new LeaderElectionRecord(
                "a", Duration.ofSeconds(1), Optional.of(Instant.EPOCH), Optional.of(Instant.EPOCH.plusNanos(1999)), 0);
        String written = text(codec.encode(record));
        assertTrue(written.contains("\"1970-01-01T00:00:00.000000Z\""), written);
        assertTrue(written.contains("\"1970-01-01T00:00:00.000001Z\""), written);
    }

    @Test
    void stringsAreEscapedAsGoEscapesThem() {
        String holder = "<a>&'b'=\"c\"\\\n\r\t\u0001\u2028\u2029é😀";
        String written = text(codec.encode(held(holder)));
        assertTrue(
                written.contains("\"\\u003ca\\u003e\\u0026'b'=\\\"c\\\"\\\\\\n\\r\\t\\u0001\\u2028\\u2029é😀\""),
                written);
        assertEquals(holder, codec.decode(bytes(written)).record().holderIdentity());
    }

    @Test
    void halvesOfSurrogatePairsAreRefusedInBothDirections() {
        for (String holder : new String[] {"\ud83d", "a\ude00", "\ude00\ud83d"}) {
            assertThrows(IllegalArgumentException.class, () -> codec.encode(held(holder)));
        }
        byte[] document = bytes(EXAMPLE.replace("pod-a", "\\ud83d"));
        assertThrows(MalformedRecordException.class, () -> codec.decode(document));
    }

    @Test
    void unknownFieldsTheirOrderAndTheLettersOfNumbersSurviveAnUpdate() {
        String document = "{\"zeta\":1.50,\"kind\":\"Lease\",\"apiVersion\":\"coordination.k8s.io/v1\",\"metadata\":"
                + "{\"uid\":\"u\",\"name\":\"other\",\"labels\":null,\"generation\":12345678901234567890123,"
                + "\"managedFields\":[{\"f:spec\":{}},[],1e400,-0,true]},\"spec\":{\"strategy\":\"OldestEmulationVersion\","
                + "\"leaseTransitions\":3,\"holderIdentity\":\"x\",\"preferredHolder\":\"y\",\"leaseDurationSeconds\":5,"
                + "\"renewTime\":null},\"status\":{\"alpha\":0.10}}";
        String expected = document.replace("\"leaseTransitions\":3", "\"leaseTransitions\":0")
                .replace("\"holderIdentity\":\"x\"", "\"holderIdentity\":\"pod-a\"")
                .replace("\"leaseDurationSeconds\":5", "\"leaseDurationSeconds\":15")
                .replace(
                        "\"renewTime\":null}",
                        "\"renewTime\":\"2026-11-22T07:24:56.928780Z\",\"acquireTime\":\"2026-11-22T07:24:54.924100Z\"}");
        assertEquals(expected, rewritten(document, held("pod-a")));
    }

    @Test
    void encodingLeavesTheDecodedDocumentAsItWas() {
        DecodedLease lease = codec.decode(bytes(EXAMPLE));
        codec.encode(held("somebody else"), lease);
        assertEquals(EXAMPLE, text(codec.encode(held("pod-a"), lease)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"holderIdentity\":null,\"leaseDurationSeconds\":null,\"acquireTime\":null,\"renewTime\":null,"
                        + "\"leaseTransitions\":null}"
            })
    void missingFieldsStandForNothing(String spec) {
        assertEquals(
                new LeaderElectionRecord("", Duration.ZERO, Optional.empty(), Optional.empty(), 0), decodeSpec(spec));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T07:24:54Z, 2026-11-22T07:24:54Z",
        "2026-11-22T07:24:54.9Z, 2026-11-22T07:24:54.900Z",
        "2026-11-22T07:24:54.9241Z, 2026-11-22T07:24:54.924100Z",
        "2026-11-22T07:24:54.924100999Z, 2026-11-22T07:24:54.924100Z",
        "2026-11-22T09:24:54.924100+02:00, 2026-11-22T07:24:54.924100Z",
        "2026-11-21T23:54:54-07:30, 2026-11-22T07:24:54Z"
    })
    void timesMayHaveAnyFractionAndOffset(String written, Instant expected) {
        LeaderElectionRecord record = decodeSpec("{\"renewTime\":\"" + written + "\"}");
        assertEquals(Optional.of(expected), record.renewTime());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "hello",
                "42",
                "[]",
                "\"spec\"",
                "{}",
                "{\"spec\":null}",
                "{\"spec\":[]}",
                "{\"spec\":{}",
                "{\"spec\":{}}x",
                "{\"spec\":{}}{}",
                "{\"spec\":{},}",
                "{'spec':{}}",
                "{spec:{}}",
                "{\"spec\":{}} // a comment",
                "{\"metadata\":\"m\",\"spec\":{}}",
                "{\"spec\":{\"holderIdentity\":7}}",
                "{\"spec\":{\"holderIdentity\":{}}}",
                "{\"spec\":{\"leaseDurationSeconds\":\"15\"}}",
                "{\"spec\":{\"leaseDurationSeconds\":-1}}",
                "{\"spec\":{\"leaseDurationSeconds\":1.5}}",
                "{\"spec\":{\"leaseDurationSeconds\":1e1}}",
                "{\"spec\":{\"leaseDurationSeconds\":2147483648}}",
                "{\"spec\":{\"leaseDurationSeconds\":99999999999999999999}}",
                "{\"spec\":{\"leaseDurationSeconds\":NaN}}",
                "{\"spec\":{\"leaseDurationSeconds\":true}}",
                "{\"spec\":{\"leaseTransitions\":-1}}",
                "{\"spec\":{\"leaseTransitions\":[1]}}",
                "{\"spec\":{\"renewTime\":\"\"}}",
                "{\"spec\":{\"renewTime\":\"yesterday\"}}",
                "{\"spec\":{\"renewTime\":1700000000}}",
                "{\"spec\":{\"renewTime\":\"2026-11-22T07:24:54\"}}",
                "{\"spec\":{\"renewTime\":\"2026-13-22T07:24:54Z\"}}",
                "{\"spec\":{\"acquireTime\":\"+12026-11-22T07:24:54Z\"}}",
                "{\"spec\":{\"acquireTime\":\"2026-11-22T07:24:54.1234567890Z\"}}",
                "{\"spec\":{\"acquireTime\":\"9999-12-31T23:59:59-01:00\"}}",
                "{\"spec\":{\"renewTime\":\"0000-01-01T00:00:00+01:00\"}}"
            })
    void whatIsNotALeaseIsRefusedByName(String document) {
        MalformedRecordException refusal =
                assertThrows(MalformedRecordException.class, () -> codec.decode(bytes(document)));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("etcd key /the/key: expected the JSON of a coordination"), message);
        assertTrue(message.endsWith("choose another name for the election"), message);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] document = bytes(EXAMPLE.replace("pod-a", "?"));
        document[EXAMPLE.indexOf("pod-a")] = (byte) 0xff;
        assertThrows(MalformedRecordException.class, () -> codec.decode(document));
    }

    @Test
    void aRefusalShowsOnlyTheBeginningAndNoControlCharacters() {
        String message = String.valueOf(assertThrows(
                        MalformedRecordException.class,
                        () -> codec.decode(bytes("\u001b[31m\nroot" + "x".repeat(9000))))
                .getMessage());
        assertTrue(message.contains("'\\u001b[31m\\u000arootxxx"), message);
        assertTrue(message.length() < 400, message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    void documentsThatAreTooLargeOrTooDeepAreRefused() {
        String large = "{\"spec\":{},\"pad\":\"" + "x".repeat(LeaseCodec.DOCUMENT_BYTES_MAX) + "\"}";
        assertThrows(MalformedRecordException.class, () -> codec.decode(bytes(large)));
        for (int depth : new int[] {100, 1000, 400_000}) {
            String deep = "{\"spec\":{},\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
            assertThrows(MalformedRecordException.class, () -> codec.decode(bytes(deep)));
        }
        String nested = "{\"spec\":{\"a\":" + "[".repeat(50) + "]".repeat(50) + "}}";
        codec.encode(held("a"), codec.decode(bytes(nested)));
    }

    @Test
    void leasesThatTheDocumentCannotRepresentAreRefusedAndNotRounded() {
        for (Duration lease : new Duration[] {
            Duration.ZERO, Duration.ofMillis(999), Duration.ofMillis(1500), Duration.ofSeconds(1L << 31)
        }) {
            LeaderElectionRecord record = new LeaderElectionRecord("a", lease, Optional.empty(), Optional.empty(), 0);
            assertThrows(IllegalArgumentException.class, () -> codec.encode(record));
        }
    }

    @Test
    void timesAndSizesThatTheDocumentCannotRepresentAreRefused() {
        LeaderElectionRecord far = new LeaderElectionRecord(
                "a", Duration.ofSeconds(1), Optional.empty(), Optional.of(Instant.parse("+10000-01-01T00:00:00Z")), 0);
        assertThrows(IllegalArgumentException.class, () -> codec.encode(far));
        LeaderElectionRecord long_ = held("x".repeat(LeaseCodec.DOCUMENT_BYTES_MAX));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(long_));
    }

    /** Whatever the bytes are, the answer is a record or a refusal, and a record can be written again. */
    @Test
    void mutatedDocumentsAreReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("leaderelection.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] splices = {
            "{", "}", "[", "]", "\"", ":", ",", "null", "-", "1e9", ".", "\\u", "\\ud800", "\u0000", "😀"
        };
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] document = mutated(bytes(EXAMPLE), random, splices);
            try {
                DecodedLease lease = codec.decode(document);
                read++;
                LeaderElectionRecord again =
                        codec.decode(codec.encode(held("pod-b"), lease)).record();
                assertEquals(held("pod-b"), again);
            } catch (MalformedRecordException refused) {
                assertTrue(String.valueOf(refused.getMessage()).length() < 700);
            } catch (RuntimeException | StackOverflowError escaped) {
                throw new AssertionError(
                        "seed " + seed + " (replay with -Dleaderelection.seed), document " + text(document), escaped);
            }
        }
        assertTrue(read > 0 && read < 20_000, "seed " + seed + ": read " + read);
    }

    private static byte[] mutated(byte[] document, Random random, String[] splices) {
        StringBuilder text = new StringBuilder(new String(document, StandardCharsets.ISO_8859_1));
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, (char) random.nextInt(256));
                case 1 ->
                    text.insert(
                            at,
                            new String(bytes(splices[random.nextInt(splices.length)]), StandardCharsets.ISO_8859_1));
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                default -> {
                    if (at < text.length()) {
                        text.setCharAt(at, (char) random.nextInt(256));
                    }
                }
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsAddedToADocumentStandsBesideWhatWasThere() {
        DecodedLease lease = codec.decode(bytes("{\"kind\":\"Lease\",\"metadata\":{\"name\":\"demo\","
                + "\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"annotations\":null},\"spec\":{}}"));
        DecodedLease dressed = lease.with("apiVersion", "coordination.k8s.io/v1")
                .withMetadata("labels", Map.of("b", "3"))
                .withMetadata("annotations", Map.of("c", "4"))
                .withMetadata("uid", "5");
        String text = text(codec.encode(lease.record(), dressed));

        assertTrue(
                text.startsWith(
                        "{\"kind\":\"Lease\",\"metadata\":{\"name\":\"demo\",\"labels\":{\"a\":\"1\",\"b\":\"3\"},"
                                + "\"annotations\":{\"c\":\"4\"},\"uid\":\"5\"},"),
                text);
        assertTrue(text.endsWith(",\"apiVersion\":\"coordination.k8s.io/v1\"}"), text);
    }

    @Test
    void aDocumentIsNotChangedByWhatIsMadeOfIt() {
        DecodedLease lease = codec.decode(bytes("{\"spec\":{}}"));
        lease.with("kind", "Lease").withMetadata("labels", Map.of("a", "1"));

        assertFalse(text(codec.encode(lease.record(), lease)).contains("labels"));
    }
}
