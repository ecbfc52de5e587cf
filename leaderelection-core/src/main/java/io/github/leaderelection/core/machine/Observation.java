package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockVersion;
import org.jspecify.annotations.Nullable;

/**
 * What this elector knows of the record, and since when on its own clock. The times of other hosts play no part (I6).
 */
final class Observation {

    /** Where something was seen. */
    enum Source {
        /** A read, which is no older than its sending. */
        READ,
        /** A watch, which shows changes in their order but may lag behind what was read or written meanwhile. */
        WATCH,
        /** A write of our own that was applied. */
        OWN_WRITE
    }

    /** What became of something that was seen. */
    enum Change {
        /** Nothing new. */
        NONE,
        /** Older than what is known already. */
        STALE,
        /** Older than what is known, or not: only a read can tell. */
        DOUBTFUL,
        /** News. */
        NEWS
    }

    private static final long LONGEST_LEASE_SECONDS = 30L * 365 * 24 * 3600;

    private final long ownLeaseNanos;
    /** A leader may hold the record by a session, as far as is known. */
    private boolean sessionsInUse;

    private final long renewalNanos;
    private @Nullable Seen seen;
    private long sinceNanos;
    private long sinceStep;
    private long confirmedNanos;
    private long absentFreeAtNanos;
    /** Until when a leader may lead on whose record an outsider removed: one that renews it. */
    private long leaseGoneUntilNanos = Long.MIN_VALUE;
    /** And one by session. */
    private long goneUntilNanos = Long.MIN_VALUE;
    /** Its session; null if there may be several such leaders, or none. */
    private @Nullable String goneSession;

    /** The lease of a rival of whom only a glimpse was had, and the step in which it was; 0 if there is none. */
    private long glimpsedLeaseNanos;

    private long glimpsedStep;
    /** A session that has ended, which is final; null if none is known that did. */
    private @Nullable String endedSession;

    private long endedNanos;
    private long highestOrder = Long.MIN_VALUE;
    private boolean orderWentBack;

    Observation(MachineSettings settings) {
        ownLeaseNanos = settings.leaseNanos();
        sessionsInUse = settings.sessions();
        renewalNanos = (long) (settings.retryNanos() * LeaderElectionConfig.JITTER_FACTOR);
    }

    /**
     * Takes in what was seen.
     *
     * @param ours whether what is known is our own record, so that we know whether anybody leads by it
     * @param sentStep the step of the machine in which a read was sent; of no account for other sources
     * @param step the step of the machine
     */
    Change learn(Seen next, Source source, boolean ours, long sentStep, long step, long nowNanos) {
        orderWentBack = false;
        if (isSame(next)) {
            confirmedNanos = nowNanos;
            if (isAbsent() && source == Source.WATCH) {
                sinceStep = step; // gone again, perhaps, after something that a read under way has still seen
            }
            waitOutGlimpse(source, sentStep, nowNanos);
            return Change.NONE;
        }
        Change judged = switch (source) {
            case READ -> judgeRead(next, sentStep);
            case WATCH -> judgeWatched(next);
            case OWN_WRITE -> Change.NEWS; // the machine asks for this only while nothing else was seen since
        };
        if (judged == Change.NEWS) {
            sinceStep = step;
            accept(next, ours, nowNanos);
            waitOutGlimpse(source, sentStep, nowNanos);
        }
        return judged;
    }

    /**
     * A read that was sent before we learned what we know may be older than that, unless its order says otherwise. One that was
     * sent after it may not, even if its order is lower: then the store itself went back. An absence has no order.
     */
    private Change judgeRead(Seen next, long sentStep) {
        if (!mayPrecede(sentStep) || isLater(next)) {
            return Change.NEWS;
        }
        return isAbsent() ? Change.DOUBTFUL : Change.STALE;
    }

    /**
     * A version that a watch shows is news if it follows a version that we know. A lower one lags behind, or the store went
     * back. An absence has no order, so what comes as one, or after one, may lag behind it as well.
     */
    private Change judgeWatched(Seen next) {
        boolean comparable = seen == null || seen instanceof Seen.Present;
        return comparable
                        && next instanceof Seen.Present present
                        && present.snapshot().version().order() > highestOrder
                ? Change.NEWS
                : Change.DOUBTFUL;
    }

    /** Whether a read that was sent in that step may have been answered before we learned what we know. */
    boolean mayPrecede(long sentStep) {
        return sentStep < sinceStep;
    }

    /** Whether this is what is known. A version alone does not do: a store that lost its data may give the same to another record. */
    boolean isSame(Seen next) {
        return next.equals(seen);
    }

    /** Whether its order is above that of the version that is known. */
    boolean isLater(Seen next) {
        LockVersion known = version();
        return known != null
                && next instanceof Seen.Present present
                && present.snapshot().version().order() > known.order();
    }

    private void accept(Seen next, boolean ours, long nowNanos) {
        noteRemoval(next, ours, nowNanos);
        if (next instanceof Seen.Absent) {
            // Somebody deleted the record. Its holder may not know yet, so its lease is waited out from here. If it
            // named no holder, or its session had ended, somebody may have taken it since. Of a record that we never
            // saw,
            // nothing is known.
            absentFreeAtNanos = seen == null ? nowNanos : nowNanos + leaseToWaitOutNanos();
        } else {
            glimpsedLeaseNanos = 0;
        }
        if (next instanceof Seen.Present present) {
            long order = present.snapshot().version().order();
            orderWentBack = order <= highestOrder;
            highestOrder = order;
        }
        seen = next;
        sessionsInUse |= sessionOf(record()) != null;
        sinceNanos = nowNanos;
        confirmedNanos = nowNanos;
    }

    /**
     * A leader that does not learn of a removal leads on for its lease, or by a session for as long as it may go without a look, whatever
     * is written in the meantime: somebody's late creation, say. If its own session is named again, its client knows. The end of
     * that session tells nothing of who may have been handed the record, or have taken it, before it was removed.
     */
    private void noteRemoval(Seen next, boolean ours, long nowNanos) {
        LeaderElectionRecord before = record();
        LeaderElectionRecord after = recordOf(next);
        String held = sessionOf(before);
        LeaderElectionRecord removed = before != null && before.hasHolder() && isRemoval(before, after) ? before : null;
        if (removed != null && held == null && !ours) {
            leaseGoneUntilNanos = Math.max(leaseGoneUntilNanos, nowNanos + waitNanos(removed));
        }
        if (removed != null && held != null && !hasEnded(held)) {
            goneSession = nowNanos < goneUntilNanos && !held.equals(goneSession) ? null : held;
            goneUntilNanos = Math.max(goneUntilNanos, nowNanos + waitNanos(removed));
        } else if (goneSession != null && goneSession.equals(sessionOf(after))) {
            goneUntilNanos = Long.MIN_VALUE;
        }
    }

    /**
     * Whether something was removed between the two: it is not there any more, or the next holder did not count its tenure on, as a
     * takeover does.
     */
    private static boolean isRemoval(LeaderElectionRecord before, @Nullable LeaderElectionRecord after) {
        boolean sameTenure = after != null && after.acquireTime().equals(before.acquireTime());
        return after == null
                || (after.hasHolder() && !sameTenure && after.leaderTransitions() <= before.leaderTransitions());
    }

    private long goneUntilNanos() {
        return Math.max(leaseGoneUntilNanos, goneUntilNanos);
    }

    private long leaseToWaitOutNanos() {
        LeaderElectionRecord record = record();
        return record != null && record.hasHolder() && !hasEnded(sessionOf(record))
                ? waitNanos(record)
                : ownWaitNanos();
    }

    /** A leader by session looks for its record from time to time only. */
    private long waitNanos(LeaderElectionRecord held) {
        long lease = declaredLeaseNanos(held);
        return held.session().isPresent() ? deletedWaitNanos(lease) : lease;
    }

    /** How long whoever may lead by a record that was deleted is waited for, where its lease is not known. */
    private long ownWaitNanos() {
        return sessionsInUse ? deletedWaitNanos(ownLeaseNanos) : ownLeaseNanos;
    }

    private static long deletedWaitNanos(long leaseNanos) {
        return (MachineSettings.UNSEEN_LEASES + 1) * leaseNanos;
    }

    private static @Nullable String sessionOf(@Nullable LeaderElectionRecord record) {
        return record == null ? null : record.session().orElse(null);
    }

    /** The session that the record names; null if there is none. */
    @Nullable
    String session() {
        return sessionOf(record());
    }

    /** That session has ended for good. */
    void ended(String session, long nowNanos) {
        if (!hasEnded(session)) {
            endedSession = session;
            endedNanos = nowNanos;
        }
    }

    /** Whether that session is known to have ended. */
    boolean hasEnded(@Nullable String session) {
        return session != null && session.equals(endedSession);
    }

    private static boolean isHeld(@Nullable Seen seen) {
        LeaderElectionRecord record = recordOf(seen);
        return seen instanceof Seen.Malformed || (record != null && record.hasHolder());
    }

    /**
     * This was seen of a rival, and only a read can tell whether it is news: if it is found to be gone again, its holder may not
     * know yet, and its lease is waited out, too.
     */
    void glimpsed(Seen shown, long step) {
        boolean older = shown instanceof Seen.Present present
                && present.snapshot().version().order() <= highestOrder;
        if (isHeld(shown) && !older) {
            LeaderElectionRecord record = recordOf(shown);
            glimpsed(record == null ? ownWaitNanos() : waitNanos(record), step);
        }
    }

    /** As {@link #glimpsed(Seen, long)}, where all that is known is that somebody was quicker: with what lease is not. */
    void outrun(long step) {
        glimpsed(ownWaitNanos(), step);
    }

    private void glimpsed(long leaseNanos, long step) {
        glimpsedLeaseNanos = Math.max(glimpsedLeaseNanos, leaseNanos);
        glimpsedStep = step;
    }

    private void waitOutGlimpse(Source source, long sentStep, long nowNanos) {
        boolean later = source != Source.READ || sentStep >= glimpsedStep;
        if (isAbsent() && later && glimpsedLeaseNanos > 0) {
            absentFreeAtNanos = Math.max(absentFreeAtNanos, nowNanos + glimpsedLeaseNanos);
            glimpsedLeaseNanos = 0;
        }
    }

    /** Our own tenure stood when we learned that the record is gone: nobody else can hold a lease, so none is waited for. */
    void absenceIsFree(long nowNanos) {
        absentFreeAtNanos = nowNanos;
        leaseGoneUntilNanos = Long.MIN_VALUE;
        goneUntilNanos = Long.MIN_VALUE;
    }

    /** Whether the version learned last has no higher order than all before it: the store lost its history. */
    boolean orderWentBack() {
        return orderWentBack;
    }

    boolean isKnown() {
        return seen != null;
    }

    boolean isAbsent() {
        return seen instanceof Seen.Absent;
    }

    @Nullable
    LeaderElectionRecord record() {
        return recordOf(seen);
    }

    private static @Nullable LeaderElectionRecord recordOf(@Nullable Seen seen) {
        return seen instanceof Seen.Present present ? present.snapshot().record() : null;
    }

    @Nullable
    LockVersion version() {
        return seen instanceof Seen.Present present ? present.snapshot().version() : null;
    }

    /**
     * When a watch has been silent for so long that it is worth a look: half of the lease that should be renewed, but never
     * as soon as the next renewal may be shown, or every onlooker would read at each. The leader's retry period is not
     * known, so it is taken to be ours; with a fifth more for what renewals may be late, which by the rule of the
     * configuration still is less than the renew deadline.
     */
    long silentAtNanos() {
        LeaderElectionRecord record = record();
        boolean held = record != null && record.hasHolder();
        if (sessionOf(record) != null && !hasEnded(sessionOf(record))) {
            return confirmedNanos + MachineSettings.UNSEEN_LEASES * declaredLeaseNanos();
        }
        long lease = held ? Math.min(declaredLeaseNanos(), ownLeaseNanos) : ownLeaseNanos;
        return confirmedNanos + Math.max(lease / 2, renewalNanos);
    }

    /** When the record may be taken: I6. {@code mine} is a version that this elector wrote and that nobody holds now. */
    long freeAtNanos(@Nullable LockVersion mine) {
        if (seen instanceof Seen.Absent) {
            return Math.max(absentFreeAtNanos, goneUntilNanos());
        }
        LeaderElectionRecord record = record();
        if (record == null) {
            return ElectionMachine.NEVER;
        }
        if (mine != null && mine.equals(version())) {
            return sinceNanos;
        }
        return Math.max(record.hasHolder() ? heldUntilNanos(record) : sinceNanos, goneUntilNanos());
    }

    /** By a session until that has ended; else for the lease that the record declares. */
    private long heldUntilNanos(LeaderElectionRecord record) {
        if (record.session().isEmpty()) {
            return sinceNanos + declaredLeaseNanos();
        }
        return hasEnded(sessionOf(record)) ? Math.max(sinceNanos, endedNanos) : ElectionMachine.NEVER;
    }

    /** When the holder's lease has run out for an onlooker; what is past if there is no holder. */
    long holderUntilNanos() {
        LeaderElectionRecord record = record();
        return record != null && record.hasHolder() ? heldUntilNanos(record) : sinceNanos;
    }

    /** The lease of the record; our own where it declares none that could be waited for. */
    long declaredLeaseNanos() {
        return declaredLeaseNanos(record());
    }

    private long declaredLeaseNanos(@Nullable LeaderElectionRecord record) {
        if (record == null || record.leaseDuration().isZero()) {
            return ownLeaseNanos;
        }
        // A lease of centuries does not fit in nanoseconds, and means "never" all the same.
        return record.leaseDuration().toSeconds() > LONGEST_LEASE_SECONDS
                ? LONGEST_LEASE_SECONDS * 1_000_000_000L
                : record.leaseDuration().toNanos();
    }
}
