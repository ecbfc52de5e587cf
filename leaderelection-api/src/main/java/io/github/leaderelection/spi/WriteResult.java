package io.github.leaderelection.spi;

import java.util.Objects;

/** What became of a write whose fate is known. */
public sealed interface WriteResult {

    /**
     * The write was applied.
     *
     * @param version the version that it made
     */
    record Written(LockVersion version) implements WriteResult {
        /** Refuses null. */
        public Written {
            Objects.requireNonNull(version, "version");
        }
    }

    /** The write was not applied, because the record was not as expected: it existed, was gone, or had another version. */
    record Conflict() implements WriteResult {}

    /** Applied, as {@code version}. */
    static WriteResult written(LockVersion version) {
        return new Written(version);
    }

    /** Not applied. */
    static WriteResult conflict() {
        return new Conflict();
    }
}
