package io.github.leaderelection.core.machine;

/** What the machine of a session is told. */
public sealed interface SessionEvent {

    /** Somebody takes part, or nobody does any more. */
    record Wanted(boolean wanted) implements SessionEvent {}

    /** Tenures hang on proofs that the session is alive, or none does any more. */
    record ProofNeeded(boolean needed) implements SessionEvent {}

    /** Somebody waits for a proof of a time later than this. */
    record ProofAsked(long afterNanos) implements SessionEvent {}

    /** A record may name this session that cannot be released. */
    record GivenUp(String session) implements SessionEvent {}

    /** A session was opened. */
    record Opened(long call, String session) implements SessionEvent {}

    /** It is alive, and if proof was asked for, its lease counts from so long before the call was sent. */
    record Kept(long call, long earlierNanos) implements SessionEvent {}

    /** It has ended for good. */
    record Ended(long call) implements SessionEvent {}

    /** No session was opened, or what became of a keep-alive is not known. */
    record Failed(long call) implements SessionEvent {}

    /** The time that {@link SessionMachine#wakeAtNanos()} named has come. */
    record TimerFired() implements SessionEvent {}
}
