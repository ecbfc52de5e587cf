package io.github.leaderelection.lock.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionMarkersTests {

    private final SessionMarkers markers = new SessionMarkers("/demo");

    private static ByteSequence text(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Test
    void aMarkerIsTheJsonOfALeaseThatItsSessionHolds() {
        ByteSequence value = markers.value("0a", Duration.ofSeconds(15), Instant.parse("2026-11-22T07:24:54.924100Z"));
        String json = value.toString(StandardCharsets.UTF_8);
        assertTrue(json.contains("\"holderIdentity\":\"0a\""), json);
        assertTrue(json.contains("\"leaseDurationSeconds\":15"), json);
        assertTrue(json.contains("\"acquireTime\":\"2026-11-22T07:24:54.924100Z\""), json);
        assertEquals(Optional.of(Duration.ofSeconds(15)), markers.lease(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "this is no Lease",
                "{}",
                "{\"spec\":{}}",
                "{\"spec\":{\"holderIdentity\":\"0a\"}}",
                "{\"spec\":{\"holderIdentity\":\"0a\",\"leaseDurationSeconds\":0}}",
                "{\"spec\":{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1}}",
                "{\"spec\":{\"leaseDurationSeconds\":1}}",
                "{\"spec\":{\"holderIdentity\":\"0a\",\"leaseDurationSeconds\":-1}}"
            })
    void whatHasNoHolderAndNoLeaseDeclaresNoLease(String value) {
        assertEquals(Optional.empty(), markers.lease(text(value)));
    }

    @Test
    void aLeaseThatNoMarkerCanDeclareIsRefused() {
        Instant now = Instant.now();
        for (Duration lease : new Duration[] {
            Duration.ZERO, Duration.ofMillis(999), Duration.ofMillis(1500), Duration.ofSeconds(1L << 31)
        }) {
            assertThrows(IllegalArgumentException.class, () -> markers.value("0a", lease, now));
        }
    }

    @Test
    void theMarkersAreBelowOneDirectory() {
        assertEquals(text("/demo/.sessions/0a"), markers.key("0a"));
        assertEquals("0a", markers.session(markers.key("0a")));
        assertEquals(text("/demo/.sessions/"), markers.first());
        assertEquals(text("/demo/.sessions/0a\0"), markers.after("0a"));
        assertEquals(text("/demo/.sessions0"), markers.end());
    }
}
