package io.github.leaderelection.conformance;

import java.util.Map;
import java.util.Set;

/**
 * How users open the lock by settings.
 *
 * @param provider the name of the lock's provider, as in {@code leaderelection.lock}
 * @param settings the least settings with which the lock works against the harness's backend, by key without prefix
 * @param required those of the keys without which the provider refuses to open a lock
 */
public record ProviderSettings(String provider, Map<String, String> settings, Set<String> required) {

    /**
     * Copies both collections.
     *
     * @throws IllegalArgumentException if a required key is not among the settings
     */
    public ProviderSettings {
        settings = Map.copyOf(settings);
        required = Set.copyOf(required);
        if (!settings.keySet().containsAll(required)) {
            throw new IllegalArgumentException(
                    "settings must have every required key " + required + ", but have " + settings.keySet());
        }
    }

    /** Without the values, which may be secret. */
    @Override
    public String toString() {
        return "ProviderSettings[provider=" + provider + ", keys=" + settings.keySet() + ", required=" + required + "]";
    }
}
