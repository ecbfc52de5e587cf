package io.github.leaderelection.core.machine;

import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.spi.LockVersion;

/** What the machine is told. Calls, watches and tenures carry numbers, so that what comes late is known as late. */
public sealed interface ElectionEvent {

    /** Take part: campaign again after every tenure, or for one tenure, or only look on. */
    record StartRequested(Mode mode) implements ElectionEvent {}

    /** End the tenure in order and go idle; the elector can be started again. */
    record CancelRequested() implements ElectionEvent {}

    /** End the tenure in order and for good. */
    record CloseRequested() implements ElectionEvent {}

    /** Yield, for this reason: end the tenure in order and let the others go first. */
    record StepDownRequested(RevocationReason reason) implements ElectionEvent {}

    /** The leader's work of this tenure has returned by itself, and the tenure is tied to it. */
    record WorkEnded(long tenure) implements ElectionEvent {}

    /** The tenure was seen past its deadline by a caller, and so is over, though a renewal came in just then. */
    record TenureLapsed(long tenure) implements ElectionEvent {}

    /** What this process says of its health; healthy until told otherwise. */
    record HealthReported(boolean healthy) implements ElectionEvent {}

    /** Nothing of this tenure's work runs any more, and its stop callback has returned. */
    record WorkQuiet(long tenure) implements ElectionEvent {}

    /** The time that {@link ElectionMachine#wakeAtNanos()} named has come, and there is no news. */
    record TimerFired() implements ElectionEvent {}

    /** A read was answered. */
    record ReadAnswered(long call, Seen seen) implements ElectionEvent {}

    /** A read was not answered, or refused for want of rights. */
    record ReadFailed(long call, boolean denied) implements ElectionEvent {}

    /** A write was applied. */
    record WriteApplied(long call, LockVersion version) implements ElectionEvent {}

    /** A write was not applied, because the record was not as expected. */
    record WriteConflicted(long call) implements ElectionEvent {}

    /** A write was surely not applied: not taken, or refused for want of rights. */
    record WriteRefused(long call, boolean denied) implements ElectionEvent {}

    /** A write may have been applied, or may be yet. */
    record WriteUnknown(long call) implements ElectionEvent {}

    /** A watch showed something. */
    record Watched(long watch, Seen seen) implements ElectionEvent {}

    /** A watch has ended by itself. */
    record WatchBroken(long watch) implements ElectionEvent {}

    /**
     * The session of our client is alive, as was proven.
     *
     * @param provenNanos since when its lease counts, at the latest: when the keep-alive was sent that was proven last
     * @param latencyNanos how long that took
     */
    record SessionKept(String session, long provenNanos, long latencyNanos) implements ElectionEvent {}

    /** Our client was refused a session, for want of rights. */
    record SessionDenied() implements ElectionEvent {}

    /** A session, ours or another's, has ended for good. */
    record SessionEnded(String session) implements ElectionEvent {}

    /** The session of our client is kept alive no more, and ends when its lease has passed. */
    record SessionGivenUp(String session) implements ElectionEvent {}

    /** How an elector takes part. */
    enum Mode {
        /** Campaign, and again after every tenure. */
        CONTINUOUS,
        /** Campaign for one tenure, then go idle. */
        ONE_TENURE,
        /** Look on; never write. */
        OBSERVE
    }
}
