package io.github.leaderelection.core.machine;

/** What the machine of a session wants done, in this order. */
public sealed interface SessionAction {

    /** Open a session. */
    record Open(long call) implements SessionAction {}

    /** Keep it alive, with a proof or without. */
    record KeepAlive(long call, boolean proof) implements SessionAction {}

    /** Stop waiting for this call; overdue, or of no interest any more. A session that it opens all the same is to be ended. */
    record Abandon(long call, boolean overdue) implements SessionAction {}

    /** End the session, as well as can be: nobody takes part any more. */
    record End(String session) implements SessionAction {}

    /** Tell those who take part: there is a session, and its lease counts from then at the latest. */
    record TellOpened(String session, long provenNanos, long latencyNanos) implements SessionAction {}

    /** Tell those who wait for it: it is alive still, and its lease counts from then at the latest. */
    record TellProven(String session, long provenNanos, long latencyNanos) implements SessionAction {}

    /** Tell them that it is over. */
    record TellEnded(String session) implements SessionAction {}

    /**
     * Tell them that it is kept alive no more. It is not ended, but lapses: what others lead by it stands until they have heard
     * of this, and no longer than until its lease has passed.
     */
    record TellGivenUp(String session) implements SessionAction {}
}
