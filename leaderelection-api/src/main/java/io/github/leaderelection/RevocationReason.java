package io.github.leaderelection;

/** Why a tenure ended. */
public enum RevocationReason {
    /** No renewal succeeded before the renew deadline: the backend was away, refused, or this process was paused. */
    EXPIRED,
    /** Somebody else wrote the record: another candidate took over, or an outsider edited it. */
    SUPERSEDED,
    /** The record was deleted by somebody else. */
    DELETED,
    /** The record was overwritten with something that is no record of an election. */
    MALFORMED,
    /** {@link LeaderElector#stepDown()} was called. */
    STEPPED_DOWN,
    /** The elector was closed, or the thread in {@link LeaderElector#run()} was interrupted. */
    CLOSED,
    /** The health predicate of the configuration said no, threw or hung; or the leader's work could not be started. */
    UNHEALTHY,
    /** The leader's work ended, and the configuration ties the tenure to it. */
    WORK_ENDED,
    /** An invariant of the engine did not hold: a bug of this library, reported by name. */
    INVARIANT_BROKEN
}
