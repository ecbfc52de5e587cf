package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.List;

/** Opens locks by settings: those that name one space meet in it, those that name none meet in {@code default}. */
public final class InMemoryLockProvider implements ResourceLockProvider {

    private static final String SPACE = "space";
    private static final String LEASES = "leases";
    private static final String DEFAULT_SPACE = "default";

    /** For {@link java.util.ServiceLoader}. */
    public InMemoryLockProvider() {}

    @Override
    public String name() {
        return "inmemory";
    }

    @Override
    public List<SettingKey> keys() {
        return List.of(
                SettingKey.of(SPACE, "the space of this JVM where candidates meet; default '" + DEFAULT_SPACE + "'"),
                SettingKey.of(
                        LEASES,
                        "who watches over the lease of a leader: session (the space) or observed (the other candidates);"
                                + " default observed"));
    }

    @Override
    public ResourceLock open(LockSettings settings) {
        return InMemorySpace.named(settings.get(SPACE).orElse(DEFAULT_SPACE))
                .lock(settings.name(), settings.identity(), leases(settings));
    }

    private static Leases leases(LockSettings settings) {
        try {
            return settings.get(LEASES).map(Leases::parse).orElse(Leases.OBSERVED);
        } catch (IllegalArgumentException unparsable) {
            throw new IllegalArgumentException(settings.fullKey(LEASES) + ": " + unparsable.getMessage(), unparsable);
        }
    }
}
