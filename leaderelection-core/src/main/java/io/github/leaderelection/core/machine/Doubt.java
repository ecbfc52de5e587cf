package io.github.leaderelection.core.machine;

import org.jspecify.annotations.Nullable;

/** Whether a read has to come before anything is decided (I5), and which one will do. */
final class Doubt {

    private static final long NONE = Long.MAX_VALUE;

    private long sinceStep = NONE;
    private @Nullable Seen shown;

    boolean stands() {
        return sinceStep != NONE;
    }

    /** Something may have been written, or it is not known what stands there. */
    void arise(long step) {
        sinceStep = step;
        shown = null;
    }

    /** A watch showed this, which is older than what is known, or not. */
    void arise(Seen seen, long step) {
        arise(step);
        shown = seen;
    }

    /** What was in doubt is decided by a newer version. */
    void settle() {
        sinceStep = NONE;
        shown = null;
    }

    /**
     * A read was answered. One that was sent before the doubt arose may have missed what is in doubt, unless it says the
     * same.
     */
    void settle(long sentStep, Observation known) {
        if (sentStep >= sinceStep || (shown != null && known.isSame(shown))) {
            settle();
        }
    }
}
