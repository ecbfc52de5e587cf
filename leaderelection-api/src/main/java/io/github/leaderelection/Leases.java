package io.github.leaderelection;

import java.util.Locale;

/** Who watches over the lease of a leader, where a lock leaves the choice. */
public enum Leases {

    /**
     * The backend, or its clients for each other: a client keeps one session alive there, for all elections that it leads, and
     * the record names it. Costs a few small requests per client, however many elections there are.
     */
    SESSION,

    /**
     * The other candidates: the leader writes its record anew in each retry period, and whoever has seen it unchanged for the
     * whole lease may take over. For elections in which candidates of other make take part, as the Go package's.
     */
    OBSERVED;

    /**
     * Reads a setting.
     *
     * @throws IllegalArgumentException if it is neither {@code session} nor {@code observed}
     */
    public static Leases parse(String setting) {
        for (Leases leases : values()) {
            if (leases.toString().equals(setting)) {
                return leases;
            }
        }
        throw new IllegalArgumentException("expected session or observed, but came '" + setting + "'");
    }

    /** As settings name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
