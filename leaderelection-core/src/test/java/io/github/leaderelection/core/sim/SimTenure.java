package io.github.leaderelection.core.sim;

import org.jspecify.annotations.Nullable;

/** One tenure as the runtime publishes it, and what became of its callbacks. Stands for {@code core.Tenure}. */
final class SimTenure {

    final long number;
    final long token;
    final SimWrite root;
    private final SimClock clock;
    private long validUntil;
    private boolean ended;
    boolean revoked;
    boolean actionsRun;

    /** When the lane was done with what it had to do before the work. */
    boolean workStarted;

    boolean workReturned;

    /** The work had not begun when the tenure was revoked, so it never will, and is not stopped either. */
    boolean workCancelled;

    boolean stopCalled;
    boolean stopReturned;
    boolean quiet;

    @Nullable
    Runnable endOnStop;

    SimTenure(long number, long token, long validUntil, SimWrite root, SimClock clock) {
        this.number = number;
        this.token = token;
        this.validUntil = validUntil;
        this.root = root;
        this.clock = clock;
    }

    /** What a caller would be answered now, without one asking. */
    boolean wouldBeValid(long real) {
        return !ended && clock.local(real) < validUntil;
    }

    /** A caller asks; who finds the deadline passed makes that final. */
    boolean askValid(long real) {
        ended = !wouldBeValid(real);
        return !ended;
    }

    /** Takes in a renewal; false if the tenure was revoked, or seen to have ended, before. */
    boolean extend(long newValidUntil, long real) {
        if (!askValid(real)) {
            return false;
        }
        validUntil = newValidUntil;
        return true;
    }

    void revoke() {
        revoked = true;
        ended = true;
    }

    /** It was revoked, and its work has begun and not ended. */
    boolean isBeingStopped() {
        return revoked && workStarted && !quiet;
    }

    boolean hasEnded() {
        return ended;
    }

    /** The deadline on the process's own clock. */
    long validUntil() {
        return validUntil;
    }
}
