package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Users open the lock by settings, and are told by name what is wrong with these. */
abstract class ConfigurationContract extends Contract {

    private static List<ResourceLockProvider> providers(ProviderSettings given) {
        return ServiceLoader.load(ResourceLockProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(given.provider()))
                .toList();
    }

    private static ResourceLockProvider provider(ProviderSettings given) {
        List<ResourceLockProvider> found = providers(given);
        assertEquals(1, found.size(), "providers of the name " + given.provider() + ": " + found);
        return found.get(0);
    }

    private LockSettings settings(ProviderSettings given, String identity, Map<String, String> values) {
        return new LockSettings(given.provider(), election(), identity, values);
    }

    private ResourceLock openBySettings(String identity) {
        ProviderSettings given = harness().providerSettings();
        return closedLater(provider(given).open(settings(given, identity, given.settings())));
    }

    @Test
    final void exactlyOneProviderBearsTheName() {
        assertEquals(1, providers(harness().providerSettings()).size());
    }

    @Test
    final void aLockOpenedBySettingsBearsTheNamesThatWereGiven() {
        ResourceLock lock = openBySettings("a");
        assertEquals("a", lock.identity());
        assertTrue(lock.describe().contains(election()), lock.describe());
    }

    @Test
    final void locksOpenedByTheSameSettingsMeet() {
        ResourceLock first = openBySettings("a");
        ResourceLock second = openBySettings("b");
        LockVersion version = create(first, heldBy("a"));
        assertEquals(version, readPresent(second).version());
        assertConflict(second.create(heldBy("b")));
        update(second, heldBy("b", 1), version);
    }

    @Test
    final void aLockOpenedBySettingsIsOfTheSameKind() {
        assertEquals(open("a").capabilities(), openBySettings("a").capabilities());
    }

    @Test
    final void everySettingThatIsNeededIsDeclared() {
        ProviderSettings given = harness().providerSettings();
        List<String> declared =
                provider(given).keys().stream().map(SettingKey::name).toList();
        assertTrue(
                declared.containsAll(given.settings().keySet()),
                given + " must be among the declared keys " + declared);
    }

    @Test
    final void keysAreUniqueDescribedAndWrittenAsUsersWriteThem() {
        List<SettingKey> keys = provider(harness().providerSettings()).keys();
        assertEquals(keys.size(), keys.stream().map(SettingKey::name).distinct().count(), "each key once: " + keys);
        for (SettingKey key : keys) {
            assertTrue(key.name().matches("[a-z0-9]+(-[a-z0-9]+)*"), "lower case with dashes: " + key);
            assertFalse(key.description().isBlank(), "a description: " + key);
        }
    }

    /** A lock that needs no setting at all has nothing to refuse here. */
    @Test
    final void aMissingSettingIsRefusedByItsFullKey() {
        ProviderSettings given = harness().providerSettings();
        ResourceLockProvider provider = provider(given);
        for (String missing : given.required()) {
            Map<String, String> rest = new HashMap<>(given.settings());
            rest.remove(missing);
            LockSettings incomplete = settings(given, "a", rest);
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> provider.open(incomplete));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(incomplete.fullKey(missing)), message);
        }
    }

    @Test
    final void secretsAreNeverShown() {
        ProviderSettings given = harness().providerSettings();
        ResourceLock lock = openBySettings("a");
        String shown = lock.describe() + lock + settings(given, "a", given.settings()) + given;
        for (SettingKey key : provider(given).keys()) {
            String value = given.settings().get(key.name());
            if (key.secret() && value != null) {
                assertFalse(shown.contains(value), "the value of the secret " + key.name() + " is shown");
            }
        }
    }
}
