package io.github.leaderelection.spi;

import java.time.Duration;

/**
 * What a lock can do, and which leases its record can represent.
 *
 * @param watch whether {@link ResourceLock#watch} is supported
 * @param shortestLease the shortest lease that the record can carry; positive
 * @param leaseGranularity every lease must be a multiple of this; positive
 * @param sessions whether the record is to be held by a session, see {@link LockSessions}; else the holder
 *     renews the record, and the other candidates watch over its lease
 * @param leaderWatches whether a leader that renews its record keeps its watch open all the same. It learns by its next renewal at
 *     the latest that somebody else has written the record, and at once by a watch; but that may cost a connection
 */
public record LockCapabilities(
        boolean watch, Duration shortestLease, Duration leaseGranularity, boolean sessions, boolean leaderWatches) {

    /**
     * Checks the durations.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public LockCapabilities {
        requirePositive("shortestLease", shortestLease);
        requirePositive("leaseGranularity", leaseGranularity);
    }

    /**
     * With watches, if there are any, that leaders keep open.
     *
     * @throws IllegalArgumentException if a duration is not positive
     */
    public LockCapabilities(boolean watch, Duration shortestLease, Duration leaseGranularity, boolean sessions) {
        this(watch, shortestLease, leaseGranularity, sessions, true);
    }

    /**
     * Without sessions, and with watches, if there are any, that leaders keep open.
     *
     * @throws IllegalArgumentException if a duration is not positive
     */
    public LockCapabilities(boolean watch, Duration shortestLease, Duration leaseGranularity) {
        this(watch, shortestLease, leaseGranularity, false);
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, but is " + duration);
        }
    }
}
