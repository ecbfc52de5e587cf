package io.github.leaderelection.it.nemesis;

/**
 * A promise that was broken, or a sign that the examination itself went wrong.
 *
 * @param kind which one
 * @param at about when, on the clock of the register
 * @param what what was seen
 */
record Violation(Kind kind, long at, String what) {

    enum Kind {
        /** Two tenures stood at the same instant. */
        OVERLAP,
        /** A tenure with a newer token stood before one with an older token had ended. */
        DISORDER,
        /** Two processes, or two tenures of one process, had the same token. */
        TOKEN_TWICE,
        /** The register took a write with a token older than one it had seen. */
        STALE_ACCEPTED,
        /** The register refused a write although its token was the newest. */
        FRESH_REFUSED,
        /** Nobody led for too long although nothing was disturbed. */
        NO_LEADER,
        /** A start without a stop, a stop without a start, or one of them twice. */
        CALLBACKS,
        /** A candidate ended although nobody asked it to, or did not end although it was asked to. */
        PROCESS,
        /** The clock of a process does not run as that of the register: nothing else can be decided. */
        CLOCKS
    }

    @Override
    public String toString() {
        return kind + ": " + what;
    }
}
