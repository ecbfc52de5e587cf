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
        RELEASE
    }

    /** One write, and when it was sent. */
    record Attempt(Purpose purpose, LeaderElectionRecord record, long sentNanos) {}

    // Tries are paced by the backoff, so that a renew deadline holds a dozen at most. An older one that were forgotten
    // and then applied would look like a rival's write: that costs a tenure, never safety.
    private static final int MOST = 32;

    private List<Attempt> open = List.of(); // a list that can change only while there are some

    void add(Attempt attempt) {
        if (open.isEmpty()) {
            open = new ArrayList<>(1);
        } else if (open.size() == MOST) {
            open.remove(0);
        }
        open.add(attempt);
    }

    void remove(Attempt attempt) {
        if (!open.isEmpty()) {
            open.remove(attempt);
        }
    }

    void clear() {
        open = List.of();
    }

    /** Whether an acquisition is among them: only that may make a holder of whoever does not hold the record yet. */
    boolean holdAcquisition() {
        return open.stream().anyMatch(attempt -> attempt.purpose() == Purpose.ACQUIRE);
    }

    /** The attempt that wrote this very record, if one did. Its times carry a random mark, see {@link Stamp}. */
    @Nullable
    Attempt find(LeaderElectionRecord record) {
        for (Attempt attempt : open) {
            if (attempt.record().equals(record)) {
                return attempt;
            }
        }
        return null;
    }
}
