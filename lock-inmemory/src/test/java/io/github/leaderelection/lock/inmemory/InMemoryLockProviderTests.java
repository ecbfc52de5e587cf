package io.github.leaderelection.lock.inmemory;

import static io.github.leaderelection.lock.inmemory.Records.heldBy;
import static io.github.leaderelection.lock.inmemory.Records.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class InMemoryLockProviderTests {

    private static ResourceLock open(String election, Map<String, String> settings) {
        ResourceLockProvider provider = ServiceLoader.load(ResourceLockProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("inmemory"))
                .findFirst()
                .orElseThrow();
        return provider.open(new LockSettings("inmemory", election, "a", settings));
    }

    @Test
    void opensInTheSpaceThatTheSettingsName() {
        written(open("provider-tests", Map.of("space", "named-in-settings")).create(heldBy("a")));
        assertEquals(
                Optional.of(heldBy("a")),
                InMemorySpace.named("named-in-settings").record("provider-tests"));
        assertEquals(Optional.empty(), InMemorySpace.named("default").record("provider-tests"));
    }

    @Test
    void opensInTheDefaultSpaceWithoutSettings() {
        written(open("provider-tests-default", Map.of()).create(heldBy("a")));
        assertEquals(Optional.of(heldBy("a")), InMemorySpace.named("default").record("provider-tests-default"));
    }

    @Test
    void leasesAreObservedUnlessTheSettingsSaySession() {
        assertFalse(open("leases", Map.of()).capabilities().sessions());
        assertFalse(open("leases", Map.of("leases", "observed")).capabilities().sessions());
        assertTrue(open("leases", Map.of("leases", "session")).capabilities().sessions());
    }

    @Test
    void otherLeasesAreRefusedByTheFullKey() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> open("leases", Map.of("leases", "Session")));
        assertEquals(
                "leaderelection.inmemory.leases: expected session or observed, but came 'Session'",
                refusal.getMessage());
    }
}
