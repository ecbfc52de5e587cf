package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes that were sent upon the version that is known and whose fate is not (I5). All expect the same version, so at
 * most one of them was or will be applied; once another version is seen, the rest are void.
 */
final class Attempts {

    /** Why a record was written. */
    enum Purpose {
        ACQUIRE,
        RENEW,
        /** It stays held, for one more lease, but by no session: the work goes on, or the user wants no release. */
        LAPSE,
        /** Nobody holds it any more, or the successor does. */
        RELEASE,
        /** It stays as it is, but for this candidate being entered as the successor, or no longer. */
        ENTER,
        WITHDRAW,
        /** It stays ours, without a successor whose session has ended. */
        DISMISS
    }

    /** One write, whether it is one upon no record, and when it was sent. */
    record Attempt(Purpose purpose, LeaderElectionRecord record, boolean creates, long sentNanos) {

        /** Whether the record is like no other that was ever written; else it may be as one that stood there before. */
        boolean isMarked() {
            return purpose != Purpose.WITHDRAW && purpose != Purpose.DISMISS;
        }
    }

    // Tries are paced by the backoff, so that a renew deadline holds a dozen at most. An older one that were forgotten
    // and then applied would look like a rival's write: that costs a tenure, or a lease in which nobody leads, never
    // safety.
    private static final int MOST = 32;

    // Lists that can change only while there are some.
    private List<Attempt> open = List.of();
    private List<Attempt> answered = List.of();

    /**
     * Acquisitions for a session, of unknown fate, though another version was seen meanwhile. If an outsider deletes that, a creation
     * among them may be applied yet, and what it writes is held for as long as the session lives; an update, if a store that lost its
     * data gives its version again. And records that were held, should they stand there again because what took their place was from
     * before such a loss.
     */
    private List<Attempt> late = List.of();

    void add(Attempt attempt) {
        open = with(open, attempt);
    }

    /** The list with one more, and without the oldest of too many. */
    private static List<Attempt> with(List<Attempt> attempts, Attempt attempt) {
        List<Attempt> more = attempts.isEmpty() ? new ArrayList<>(1) : attempts;
        if (more.size() == MOST) {
            more.remove(0);
        }
        more.add(attempt);
        return more;
    }

    void remove(Attempt attempt) {
        if (!open.isEmpty()) {
            open.remove(attempt);
        }
    }

    /** It was answered: it is applied or was not, and will not be any more. */
    void answered(Attempt attempt) {
        answered = with(answered, attempt);
    }

    void clear() {
        for (Attempt attempt : open) {
            if (attempt.purpose() == Purpose.ACQUIRE
                    && !answered.contains(attempt)
                    && attempt.record().session().isPresent()) {
                late = with(late, attempt);
            }
        }
        open = List.of();
        answered = List.of();
    }

    /**
     * This record was held by a session, and something else was shown.
     *
     * @param mayStand whether the record may stand there all the same: the store has lost data before
     */
    void displaced(LeaderElectionRecord record, boolean mayStand) {
        late = with(late, new Attempt(Purpose.ACQUIRE, record, mayStand, 0));
    }

    /** Whether this is one of those that were thought to be over. */
    boolean isLate(LeaderElectionRecord record) {
        return late.stream().anyMatch(attempt -> Succession.isSameTenure(record, attempt.record()));
    }

    /** Whether a session may come to hold a record by one of them. */
    boolean mayBeHeldYet() {
        return hold(Purpose.ACQUIRE) || late.stream().anyMatch(Attempt::creates);
    }

    /** The session that creations were for is over. */
    void forgetLate() {
        late = List.of();
    }

    /** Whether that is one of them that is being written. */
    boolean isOpen(CallSlot call) {
        return open.stream().anyMatch(call::carries);
    }

    /** Whether one with that purpose is among them. */
    boolean hold(Purpose purpose) {
        return open.stream().anyMatch(attempt -> attempt.purpose() == purpose);
    }

    /**
     * The attempt that wrote this very record, if one did. Its times carry a random mark, see {@link Stamp}. A candidate may have
     * entered itself as the successor since, in a record that a session holds.
     */
    @Nullable
    Attempt find(LeaderElectionRecord record) {
        for (Attempt attempt : open) {
            boolean ofSuccession = attempt.purpose() == Purpose.ENTER || attempt.purpose() == Purpose.WITHDRAW;
            if (ofSuccession ? attempt.record().equals(record) : Succession.isSameTenure(record, attempt.record())) {
                return attempt;
            }
        }
        return null;
    }
}
