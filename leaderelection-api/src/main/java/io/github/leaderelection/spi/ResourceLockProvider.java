package io.github.leaderelection.spi;

import java.util.List;

/**
 * Opens locks of one kind from settings. Found through {@link java.util.ServiceLoader}; has a public constructor without
 * parameters.
 */
public interface ResourceLockProvider {

    /** The name by which {@code leaderelection.lock} selects this kind, for example {@code etcd}. */
    String name();

    /** The keys that this kind understands, each without the prefix {@code leaderelection.<name>.}. */
    List<SettingKey> keys();

    /**
     * Opens a lock. Does not wait for the backend to answer: that a backend is away is told by the calls of the lock.
     *
     * @throws IllegalArgumentException if a setting is missing or makes no sense
     */
    ResourceLock open(LockSettings settings);
}
