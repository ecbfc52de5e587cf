package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells of leaders when they change: a tenure is news, also one of a name that led before. */
final class Announcer {

    private static final int NOTHING_TOLD = -1;

    // The tenure that was told of last, as onlookers know it; without an identity, that nobody leads.
    private @Nullable String identity;
    private @Nullable Instant acquireTime;
    private int transitions = NOTHING_TOLD;

    /** Tells who leads, or that nobody does, if that is news. */
    void tell(@Nullable LeaderElectionRecord leading, List<ElectionAction> actions) {
        if (isTold(leading)) {
            return;
        }
        identity = leading == null ? null : leading.holderIdentity();
        acquireTime = leading == null ? null : leading.acquireTime().orElse(null);
        transitions = leading == null ? 0 : leading.leaderTransitions();
        actions.add(new ElectionAction.AnnounceLeader(leader()));
    }

    private boolean isTold(@Nullable LeaderElectionRecord leading) {
        if (leading == null) {
            return identity == null && transitions != NOTHING_TOLD;
        }
        return leading.holderIdentity().equals(identity)
                && leading.leaderTransitions() == transitions
                && Objects.equals(leading.acquireTime().orElse(null), acquireTime);
    }

    /** The leader that was told of last. */
    Optional<String> leader() {
        return Optional.ofNullable(identity);
    }
}
