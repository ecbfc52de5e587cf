package io.github.leaderelection.spi;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.Objects;

/**
 * The record as it stood at one version.
 *
 * @param record the record
 * @param version its version
 */
public record LockSnapshot(LeaderElectionRecord record, LockVersion version) {

    /** Refuses null. */
    public LockSnapshot {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(version, "version");
    }
}
