package io.github.leaderelection.conformance;

/** What can be wrong with a {@link FlawedLock}. */
enum Flaw {
    /** Creates and updates are plain writes without a compare, as in the Go package. */
    PLAIN_WRITES,
    /** Versions count the writes since the record was created, and so come back after a deletion. */
    VERSIONS_COME_BACK,
    /** A look is answered with what the last one found. */
    LOOKS_LAG,
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
    ROUNDS_LEASES,
    /** There are no sessions, and what names one is written without it. */
    DROPS_SESSIONS,
    /** What a record says of its successor, and of how its holder came by it, is written without. */
    DROPS_SUCCESSORS,
    /** A session that nobody keeps alive lives on. */
    SESSIONS_NEVER_LAPSE,
    /** A session ends when half of its lease has passed. */
    SESSIONS_END_EARLY,
    /** The id of a session that has ended is given to the next. */
    SESSION_IDS_COME_BACK,
    /** A session that has ended is said to be alive. */
    KEEPS_WHAT_HAS_ENDED,
    /** A session that is kept alive ends all the same. */
    KEEP_ALIVE_KEEPS_NOTHING,
    /** The end of a session is told to nobody. */
    SESSION_WATCH_NEVER_TELLS,
    /** The end of a session is told twice. */
    SESSION_WATCH_TELLS_TWICE,
    /** The end of a session is told when the watch is opened, whether it has come or not. */
    SESSION_WATCH_GUESSES,
    /** A watch over a session that was closed still tells. */
    SESSION_WATCH_CANNOT_BE_CLOSED
}
