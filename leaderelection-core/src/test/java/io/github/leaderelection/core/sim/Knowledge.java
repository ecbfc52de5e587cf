package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.Seen;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one machine may know of the record, and since when on its own clock, judged by the order of the store's changes, which the
 * machine itself cannot see. A watch that shows a version after a version tells it for sure; that a record is missing, or is there
 * again, only a read does, because that has no order; and only a read that was sent after what is known was learned.
 */
final class Knowledge {

    static final long NEVER = Long.MIN_VALUE;

    private final SimProcess process;
    private long[] shownAt = new long[64];

    /** The last that there is no doubt of; the last of these that was not an absence; the last version shown at all. */
    private SimStore.@Nullable State accepted;

    private SimStore.@Nullable State newest;
    private @Nullable SimWrite lastShown;
    private long acceptedAt;
    private long acceptedStep;
    private long absentAt = NEVER;

    /** What a watch has shown last that only a read can settle, if none has. */
    private SimStore.@Nullable State unclear;

    private long unclearStep;
    private long outrunStep; // in which a race for the record was lost; 0 if what became of that is known
    private long winnerGoneAt = NEVER;
    private long confirmedStep; // in which a watch last showed that the record, known to be missing, is missing

    Knowledge(SimProcess process) {
        this.process = process;
        Arrays.fill(shownAt, NEVER);
    }

    /** {@code underWay} is what is being written meanwhile. */
    void watched(SimStore.State state, @Nullable SimWrite underWay, long step, long now) {
        note(state.write(), now);
        if (isMissing(accepted) && isMissing(state)) {
            confirmedStep = step;
            goneAgain(now);
            winnerGone(step, now);
        } else if (isClear(state, underWay)) {
            accept(state, step, now);
        } else if (!isSame(state, accepted)) {
            unclear = state;
            unclearStep = step;
        }
    }

    void read(SimStore.State state, long sentStep, long step, long now) {
        note(state.write(), now);
        if (isMissing(accepted) && !isMissing(state) && sentStep < confirmedStep) {
            unclear = state;
            unclearStep = step;
            return;
        }
        if (isMissing(accepted) && isMissing(state) && sentStep >= unclearStep) {
            goneAgain(now);
        }
        if (isMissing(state)) {
            winnerGone(sentStep, now);
        }
        if (state.write() != null || sentStep >= acceptedStep) {
            accept(state, step, now);
        }
        if (sentStep >= unclearStep || isSame(state, unclear)) {
            unclear = null;
        }
    }

    /** A race for the record was lost; unless it is known already what came of that. */
    void outrun(SimWrite lost, long step) {
        SimWrite known = accepted == null ? null : accepted.write();
        boolean later = known != null && (lost.expected == null || known.serial > lost.expected.write.serial);
        outrunStep = later ? outrunStep : step;
    }

    private void winnerGone(long sentStep, long now) {
        if (outrunStep != 0 && sentStep >= outrunStep) {
            winnerGoneAt = now;
            outrunStep = 0;
        }
    }

    /** Since when it is known that the record of whoever won a race is missing; {@link #NEVER} if it is not. */
    long winnerMissingSince() {
        return winnerGoneAt;
    }

    private static boolean isMissing(SimStore.@Nullable State state) {
        return state != null && state.write() == null && state.seen() instanceof Seen.Absent;
    }

    /** What was seen while the record was known to be missing, and is newer than that, is missing again. */
    private void goneAgain(long now) {
        SimStore.State seen = unclear;
        if (seen == null || accepted == null || isMissing(seen)) {
            return;
        }
        boolean toldBefore = newest != null && seen.serial() <= newest.serial();
        if (seen.serial() > accepted.serial() && !toldBefore) {
            newest = seen;
            absentAt = now;
        }
    }

    void written(SimWrite write, long step, long now) {
        note(write, now);
        accept(new SimStore.State(write.serial, new Seen.Absent(), write), step, now);
    }

    /** After an absence, a watch may lag; then it proves no more than that what is being written has arrived. */
    boolean isClear(SimStore.State state, @Nullable SimWrite underWay) {
        SimWrite write = state.write();
        if (write == null) {
            return false;
        }
        boolean missingOrWorse = accepted != null && accepted.write() == null;
        boolean proves = !isMissing(accepted) || write.original == underWay;
        return !missingOrWorse || (proves && isOpenAttempt(write));
    }

    private static boolean isSame(SimStore.State state, SimStore.@Nullable State other) {
        return other != null
                && state.write() == other.write()
                && (state.write() != null || state.seen().equals(other.seen()));
    }

    /** Whether this is, or repeats, one of the machine's writes upon what it knows. */
    boolean isOpenAttempt(SimWrite write) {
        return write.isSentBy(process) && write.sentLocal(process) >= acceptedAt;
    }

    private void accept(SimStore.State state, long step, long now) {
        SimWrite write = state.write();
        boolean own = write != null && isOpenAttempt(write);
        if (write != null) {
            write.root.told.set(process.number);
            lastShown = write;
        }
        boolean older = accepted != null && state.serial() <= accepted.serial();
        if (older && (!own || isSame(state, accepted))) {
            return; // but an own write is news whatever was seen of what was there before it
        }
        boolean missing = write == null && state.seen() instanceof Seen.Absent;
        boolean stillMissing = missing && absentAt != NEVER;
        accepted = state;
        unclear = write == null ? unclear : null;
        if (stillMissing) {
            return;
        }
        if (!missing) {
            outrunStep = 0;
            winnerGoneAt = NEVER;
        }
        acceptedAt = now;
        acceptedStep = step;
        absentAt = missing ? now : NEVER;
        newest = missing ? newest : state;
    }

    private void note(@Nullable SimWrite write, long now) {
        if (write == null) {
            return;
        }
        int index = Math.toIntExact(write.serial);
        if (index >= shownAt.length) {
            int length = shownAt.length;
            shownAt = Arrays.copyOf(shownAt, Math.max(index + 1, 2 * length));
            Arrays.fill(shownAt, length, shownAt.length, NEVER);
        }
        shownAt[index] = shownAt[index] == NEVER ? now : shownAt[index];
    }

    /** When this version was shown first; {@link #NEVER} if it was not. */
    long shownAt(SimWrite write) {
        return write.serial < shownAt.length ? shownAt[(int) write.serial] : NEVER;
    }

    /** Since when it is known that the record is missing; {@link #NEVER} if it is not. */
    long missingSince() {
        return absentAt;
    }

    /** What stood there before it was missing; null if nothing is known to have. */
    SimStore.@Nullable State before() {
        return newest;
    }

    boolean hasUnclear() {
        return unclear != null;
    }

    /** What stands there by all that is known, if that is the machine's own and a session holds it; else the version shown last. */
    @Nullable
    SimWrite ownOrLast() {
        SimWrite known = accepted == null ? null : accepted.write();
        boolean bound = known != null && known.record.session().isPresent() && known.isBy(process);
        return bound ? known : lastShown;
    }

    /** What stands there by all that is known; null if nothing does. */
    @Nullable
    SimWrite lastAccepted() {
        return accepted == null ? null : accepted.write();
    }

    /** What was shown last, whether it is news or not. */
    @Nullable
    SimWrite lastShown() {
        return lastShown;
    }
}
