package io.github.leaderelection;

import java.util.Locale;

/** How a leader holds its record, where a lock leaves the choice. */
public enum Leases {

    /**
     * By a session of its client, which the record names: the client keeps it alive with one small request in each retry
     * period, however many elections it leads. For elections whose candidates are all of this library.
     */
    SESSION,

    /**
     * By renewing it: the leader writes its record anew in each retry period, and whoever has seen it unchanged for the
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
