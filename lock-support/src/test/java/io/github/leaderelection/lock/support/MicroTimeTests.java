package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Held to the formatters of java.time, which say the same in more time. */
class MicroTimeTests {

    private static final DateTimeFormatter EXPECTED = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static void assertIsThere(Instant time) {
        String letters = MicroTime.format(time);
        assertEquals(EXPECTED.format(time), letters);
        assertEquals(Optional.of(time.truncatedTo(ChronoUnit.MICROS)), MicroTime.parse(letters));
        assertEquals(
                OffsetDateTime.parse(letters).toInstant(),
                MicroTime.parse(letters).orElseThrow());
    }

    @Test
    void timesOfAllYearsAreWrittenAndReadAsByTheFormattersOfJava() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextLong(FIRST.getEpochSecond(), LAST.getEpochSecond() + 1);
            assertIsThere(Instant.ofEpochSecond(second, random.nextInt(1_000_000_000)));
        }
        assertIsThere(FIRST);
        assertIsThere(LAST);
        assertIsThere(Instant.EPOCH);
        assertIsThere(Instant.parse("2024-02-29T23:59:59.999999999Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-22T07:24:54Z",
                "2026-11-22T07:24:54.92410Z",
                "2026-11-22T07:24:54.9241000Z",
                "2026-11-22T07:24:54.924100z",
                "2026-11-22 07:24:54.924100Z",
                "2026-11-22T07:24:54.924100+",
                "2026-11-22T07:24:54,924100Z",
                "2026/11/22T07:24:54.924100Z",
                "2026-11-22T07:24:5 .924100Z",
                "+026-11-22T07:24:54.924100Z",
                "2026-13-22T07:24:54.924100Z",
                "2026-00-22T07:24:54.924100Z",
                "2025-02-29T07:24:54.924100Z",
                "2026-11-22T24:00:00.000000Z",
                "2026-11-22T07:60:54.924100Z",
                "2026-11-22T07:24:60.924100Z",
                "2026-11-22T07:24:54.92410\u0660Z"
            })
    void whatHasAnotherFormOrIsNoTimeIsNotRead(String letters) {
        assertEquals(Optional.empty(), MicroTime.parse(letters));
    }
}
