package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.spi.LockVersion;
import java.util.Optional;

/** What the machine wants done, in this order. */
public sealed interface ElectionAction {

    /**
     * Read the record.
     *
     * @param patienceNanos for how long that may be put off; 0 if it is urgent
     */
    record Read(long call, long patienceNanos) implements ElectionAction {}

    /** Write the record if there is none. */
    record Create(long call, LeaderElectionRecord record) implements ElectionAction {}

    /** Write the record if it still has this version. */
    record Update(long call, LeaderElectionRecord record, LockVersion expected) implements ElectionAction {}

    /** Stop waiting for this call, overdue or merely no longer wanted; its answer will be ignored. */
    record Abandon(long call, boolean overdue) implements ElectionAction {}

    /** Begin to watch. */
    record OpenWatch(long watch) implements ElectionAction {}

    /** Stop watching. */
    record CloseWatch(long watch) implements ElectionAction {}

    /** What concerns sessions. */
    sealed interface OfSession extends ElectionAction {}

    /** Take part in our client's session; answer with {@link ElectionEvent.SessionKept} when there is one. */
    record JoinSession() implements OfSession {}

    /** No longer take part in it. */
    record LeaveSession() implements OfSession {}

    /** Answer with {@link ElectionEvent.SessionKept} as soon as it is proven of a time later than this. */
    record AskProof(long afterNanos) implements OfSession {}

    /** Nothing hangs on a proof any more. */
    record NeedNoProof() implements OfSession {}

    /** Keep this session of ours alive no more, because a record may name it that cannot be released. */
    record GiveUpSession(String session) implements OfSession {}

    /** Answer with {@link ElectionEvent.SessionEnded} when this session of another client has ended. */
    record FollowSession(String session) implements OfSession {}

    /** That is of no interest any more. */
    record UnfollowSession(String session) implements OfSession {}

    /** A tenure begins: publish it and start the leader's work. */
    record BeginTenure(long tenure, long token, long validUntilNanos) implements ElectionAction {}

    /** The lease was renewed. A tenure that was revoked, and is draining, stays revoked. */
    record ExtendTenure(long tenure, long validUntilNanos, long latencyNanos) implements ElectionAction {}

    /** The tenure is over: publish that, and end the leader's work; answer with {@link ElectionEvent.WorkQuiet}. */
    record RevokeTenure(long tenure, RevocationReason reason) implements ElectionAction {}

    /** Another leader is seen, or none. */
    record AnnounceLeader(Optional<String> leader) implements ElectionAction {}

    /** A renewal is being sent, so long after it was due. */
    record RenewalSent(long delayNanos) implements ElectionAction {}

    /** A renewal needs a read first. */
    record SlowPathTaken() implements ElectionAction {}

    /** Something worth a word to the user. */
    record Report(Trouble trouble) implements ElectionAction {}

    /** The elector has gone idle or is closed. */
    record Finished() implements ElectionAction {}

    /** What a user should hear of. */
    enum Trouble {
        /** The work of the tenure did not become quiet within the drain timeout; its lease is left to lapse. */
        WORK_NOT_QUIET,
        /** The record could not be released; its lease is left to lapse. */
        NOT_RELEASED,
        /** The backend's order went back: its data was lost or restored, and fencing tokens start over. */
        ORDER_WENT_BACK,
        /** The watch did not show what it had to in time, its beginning or a change, and is opened anew. */
        WATCH_SILENT,
        /** The backend has refused this candidate from the first call on; the elector ends. */
        DENIED_FOR_GOOD
    }
}
