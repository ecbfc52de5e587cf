package io.github.leaderelection.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LockSettingsTests {

    private static LockSettings settings(Map<String, String> values) {
        return new LockSettings("etcd", "demo/scheduler", "pod-a", values);
    }

    private static void assertRefused(Executable executable, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, executable).getMessage());
    }

    @Test
    void nameAndIdentityAreRequired() {
        assertEquals("demo/scheduler", settings(Map.of()).name());
        assertEquals("pod-a", settings(Map.of()).identity());
        assertRefused(() -> new LockSettings("etcd", " ", "a", Map.of()), "leaderelection.name must not be blank");
        assertRefused(() -> new LockSettings("etcd", "n", "", Map.of()), "leaderelection.identity must not be blank");
    }

    @Test
    void whatIsTooLongIsRefusedAndWhatIsLongIsCutInMessages() {
        assertRefused(
                () -> new LockSettings("etcd", "n".repeat(1025), "a", Map.of()),
                "leaderelection.name must have at most 1024 characters, but has 1025");
        assertRefused(
                () -> new LockSettings("etcd", "n", "a".repeat(1025), Map.of()),
                "leaderelection.identity must have at most 1024 characters, but has 1025");
        assertRefused(
                () -> settings(Map.of("user", "x".repeat(65_537))),
                "leaderelection.etcd.user must have at most 65536 characters, but has 65537");
        assertRefused(
                () -> settings(Map.of("wait", "\n".repeat(1000))).duration("wait"),
                "leaderelection.etcd.wait: '" + "\\u000a".repeat(100)
                        + "...' is not a duration: write for example 500ms, 15s, 2m or PT15S");
    }

    @Test
    void anEmptyValueCountsAsNone() {
        LockSettings settings = settings(Map.of("user", "", "prefix", "/p"));

        assertEquals(Optional.empty(), settings.get("user"));
        assertEquals(Optional.empty(), settings.get("password"));
        assertEquals(Optional.of("/p"), settings.get("prefix"));
    }

    @Test
    void aMissingValueIsNamedByItsFullKey() {
        assertEquals("x", settings(Map.of("user", "x")).require("user"));
        assertRefused(
                () -> settings(Map.of("user", "")).require("user"),
                "leaderelection.etcd.user is missing: the lock 'etcd' needs it; add it to the settings");
    }

    @Test
    void listsAreSplitAtCommasAndTrimmed() {
        assertEquals(
                List.of("a", "b"), settings(Map.of("endpoints", " a , ,b,")).list("endpoints"));
        assertEquals(List.of(), settings(Map.of()).list("endpoints"));
    }

    @Test
    void durationsAreReadAsPeopleWriteThem() {
        assertEquals(Duration.ofMillis(500), LockSettings.parseDuration("500ms"));
        assertEquals(Duration.ofSeconds(15), LockSettings.parseDuration(" 15 s "));
        assertEquals(Duration.ofMinutes(2), LockSettings.parseDuration("2m"));
        assertEquals(Duration.ofHours(1), LockSettings.parseDuration("1h"));
        assertEquals(Duration.ofMillis(1500), LockSettings.parseDuration("PT1.5S"));
    }

    @Test
    void whatIsNoDurationIsRefusedWithAnExample() {
        for (String text : List.of("", "15", "1.5s", "s", "15 sec", "9999999999999s", "-1s")) {
            assertRefused(
                    () -> LockSettings.parseDuration(text),
                    "'" + text + "' is not a duration: write for example 500ms, 15s, 2m or PT15S");
        }
    }

    @Test
    void aDurationInTheSettingsMustBePositive() {
        assertEquals(
                Optional.of(Duration.ofSeconds(3)), settings(Map.of("t", "3s")).duration("t"));
        assertEquals(Optional.empty(), settings(Map.of()).duration("t"));
        assertRefused(
                () -> settings(Map.of("t", "0s")).duration("t"), "leaderelection.etcd.t must be positive, but is 0s");
        assertRefused(
                () -> settings(Map.of("t", "PT-1S")).duration("t"),
                "leaderelection.etcd.t must be positive, but is PT-1S");
        assertRefused(
                () -> settings(Map.of("t", "soon")).duration("t"),
                "leaderelection.etcd.t: 'soon' is not a duration: write for example 500ms, 15s, 2m or PT15S");
    }

    @Test
    void aPathThatCannotBeOneIsRefusedByItsFullKey() {
        assertEquals(
                Optional.of(Path.of("/etc/tls")),
                settings(Map.of("tls", "/etc/tls")).path("tls"));
        assertEquals(Optional.empty(), settings(Map.of()).path("tls"));
        assertRefused(
                () -> settings(Map.of("tls", "a\0b")).path("tls"),
                "leaderelection.etcd.tls: 'a\\u0000b' is not a path: Nul character not allowed");
    }

    @Test
    void toStringShowsKeysAndNoValues() {
        assertEquals(
                "LockSettings[lock=etcd, name=demo/scheduler, identity=pod-a, keys=[password, user]]",
                settings(Map.of("user", "root", "password", "hush")).toString());
    }

    @Test
    void keysAndCapabilitiesThatMakeNoSenseAreRefused() {
        assertRefused(() -> SettingKey.of("", "an empty key"), "name must not be empty");
        assertRefused(
                () -> new LockCapabilities(false, Duration.ZERO, Duration.ofSeconds(1)),
                "shortestLease must be positive, but is PT0S");
        assertRefused(
                () -> new LockCapabilities(false, Duration.ofSeconds(1), Duration.ofSeconds(-1)),
                "leaseGranularity must be positive, but is PT-1S");
    }
}
