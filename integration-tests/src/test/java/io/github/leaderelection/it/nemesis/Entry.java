package io.github.leaderelection.it.nemesis;

import java.util.List;

/**
 * One thing that was learned, in the order in which it was. Times are monotonic nanoseconds; where nothing else is said, on
 * the clock of the register. A process is one incarnation of a candidate and has a name of its own.
 */
sealed interface Entry {

    /**
     * The clock of a process, compared with that of the register in one exchange of messages.
     *
     * @param process whose clock
     * @param lowest the least that its time may lack to that of the register
     * @param highest the most
     */
    record ClockSeen(String process, long lowest, long highest) implements Entry {}

    /**
     * What a process found when it asked whether it leads: always true between these two. On its own clock.
     *
     * @param process who asked
     * @param token the token of its tenure
     * @param firstAfter just after the first time that the answer was true
     * @param lastBefore just before the last time, so far
     * @param asked how often the answer was true since the entry before
     */
    record Believed(String process, long token, long firstAfter, long lastBefore, long asked) implements Entry {}

    /**
     * A write to the register.
     *
     * @param process who offered it
     * @param identity under which name it campaigns
     * @param token its token
     * @param before just before it asked whether it leads, on its own clock
     * @param after just after the answer, which was true, on its own clock
     * @param arrival when it came to the register
     * @param accepted what the register did
     */
    record Offered(String process, String identity, long token, long before, long after, long arrival, boolean accepted)
            implements Entry {}

    /** A callback, as its event line told it. */
    record Callback(boolean started, long token) {}

    /** How a process came to its end. */
    enum Cause {
        /** It was killed, and could end nothing. */
        KILLED,
        /** It was asked to end, and did. */
        TERMINATED,
        /** It was asked to end, and did not. */
        HANGS,
        /** Nobody asked it to end. */
        BY_ITSELF
    }

    /**
     * A process has ended.
     *
     * @param process which one
     * @param cause how it came to that
     * @param callbacks all that it told, in order
     * @param at when this was noticed
     */
    record Ended(String process, Cause cause, List<Callback> callbacks, long at) implements Entry {}

    /** From here on nothing is disturbed: all servers serve, and at least one candidate campaigns. */
    record CalmBegan(long at) implements Entry {}

    /** The next disturbance is about to come. */
    record CalmEnded(long at) implements Entry {}
}
