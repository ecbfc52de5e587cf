package io.github.leaderelection.conformance;

/** What can be wrong with a {@link FlawedLock}. */
enum Flaw {
    /** Creates and updates are plain writes without a compare, as in the Go package. */
    PLAIN_WRITES,
    /** Versions count the writes since the record was created, and so come back after a deletion. */
    VERSIONS_COME_BACK,
    /** A watch tells a change when the next one comes, and so never the last. */
    WATCH_LAGS,
    /** A watch hears nothing of deletions. */
    WATCH_MISSES_DELETIONS,
    /** What cannot be read is taken for absent, and written over. */
    OVERWRITES_MALFORMED,
    /** A read fails with an exception that is not one of a lock's. */
    FAILURES_WITHOUT_NAME,
    /** A closed lock works on. */
    WORKS_AFTER_CLOSE,
    /** Times are kept to the second alone. */
    LOSES_MICROSECONDS,
    /** Leases are kept in whole seconds, rounded down. */
    ROUNDS_LEASES
}
