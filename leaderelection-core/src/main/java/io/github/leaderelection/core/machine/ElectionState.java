package io.github.leaderelection.core.machine;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where an elector stands. */
public enum ElectionState {
    /** Not taking part. */
    IDLE,
    /** Looking on, without campaigning. */
    OBSERVING,
    /** A candidate that follows the record and takes it when it may. */
    CAMPAIGNING,
    /** A tenure stands. */
    LEADING,
    /** The tenure was revoked by this process; its work is ending while the lease is still renewed. */
    DRAINING,
    /** The tenure was lost, or its work does not end; nothing is renewed any more. */
    LOST,
    /** The work is quiet, or there never was any; the record is being released. */
    RELEASING,
    /** Ended for good. */
    CLOSED;

    private static final Map<ElectionState, Set<ElectionState>> NEXT = Map.of(
            IDLE, EnumSet.of(OBSERVING, CAMPAIGNING, CLOSED),
            OBSERVING, EnumSet.of(IDLE, CLOSED),
            CAMPAIGNING, EnumSet.of(LEADING, RELEASING, IDLE, CLOSED),
            LEADING, EnumSet.of(DRAINING, LOST),
            DRAINING, EnumSet.of(RELEASING, LOST, IDLE, CLOSED),
            LOST, EnumSet.of(RELEASING, CAMPAIGNING, IDLE, CLOSED),
            RELEASING, EnumSet.of(CAMPAIGNING, IDLE, CLOSED),
            CLOSED, EnumSet.noneOf(ElectionState.class));

    /** Whether an elector may move from here to {@code next}. */
    boolean mayBecome(ElectionState next) {
        return NEXT.getOrDefault(this, Set.of()).contains(next);
    }

    /** Whether the record is ours to renew. */
    public boolean holdsLease() {
        return this == LEADING || this == DRAINING;
    }

    /** Whether the end of a tenure is under way. */
    public boolean isEnding() {
        return this == DRAINING || this == LOST || this == RELEASING;
    }
}
