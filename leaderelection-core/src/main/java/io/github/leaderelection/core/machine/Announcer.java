package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells of leaders when they change: a tenure is news, also one of a name that led before. */
final class Announcer {

    /** A tenure, as onlookers know it. */
    private record Leader(String identity, Optional<Instant> acquireTime, int transitions) {}

    private boolean toldBefore;
    private @Nullable Leader told;

    /** Tells who leads, or that nobody does, if that is news. */
    void tell(@Nullable LeaderElectionRecord leading, List<ElectionAction> actions) {
        Leader visible = leading == null
                ? null
                : new Leader(leading.holderIdentity(), leading.acquireTime(), leading.leaderTransitions());
        if (toldBefore && Objects.equals(visible, told)) {
            return;
        }
        toldBefore = true;
        told = visible;
        actions.add(new ElectionAction.AnnounceLeader(leader()));
    }

    /** The leader that was told of last. */
    Optional<String> leader() {
        return told == null ? Optional.empty() : Optional.of(told.identity());
    }
}
