package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One elector's part in sessions: that of its client, and those of rivals. Stands for {@code core.SessionCalls}. */
final class SimMember {

    private final Simulation world;
    private final SimProcess process;
    private @Nullable SimKeeper keeper;
    private SimKeeper.@Nullable Seat seat;
    private @Nullable Place place;
    private SimSessionLink.@Nullable Following followed;
    private ElectionEvent.@Nullable SessionKept told;
    private boolean needing;

    SimMember(Simulation world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    void perform(ElectionAction.OfSession wanted) {
        if (wanted instanceof ElectionAction.JoinSession) {
            place = new Place();
            keeper = process.host.enter(process.settings);
            seat = keeper.join(place);
        } else if (wanted instanceof ElectionAction.LeaveSession) {
            leave();
        } else if (wanted instanceof ElectionAction.FollowSession follow) {
            followed = world.sessionLink().follow(process, follow.session());
        } else if (wanted instanceof ElectionAction.UnfollowSession) {
            unfollow();
        } else if (keeper != null && seat != null) {
            perform(wanted, keeper, seat);
        }
    }

    /** What its process steps its machine with when its time has come. */
    ElectionEvent whenDue(Optional<String> known) {
        ElectionEvent.SessionKept latest = keeper == null || !needing ? null : keeper.latestProof();
        return latest == null || latest.equals(told) || !known.equals(Optional.of(latest.session()))
                ? new ElectionEvent.TimerFired()
                : latest;
    }

    /** The machine is about to take that in. */
    void told(ElectionEvent.SessionKept proof) {
        told = proof;
    }

    private void perform(ElectionAction.OfSession wanted, SimKeeper kept, SimKeeper.Seat taken) {
        if (wanted instanceof ElectionAction.AskProof ask) {
            needing = true;
            kept.askProof(taken, ask.afterNanos());
        } else if (wanted instanceof ElectionAction.NeedNoProof) {
            needing = false;
            kept.needNoProof(taken);
        } else if (wanted instanceof ElectionAction.GiveUpSession given) {
            kept.giveUp(given.session());
        }
    }

    private void leave() {
        if (keeper != null && seat != null) {
            keeper.leave(seat);
            process.host.leave(keeper);
        }
        keeper = null;
        seat = null;
        place = null;
        needing = false;
    }

    void unfollow() {
        if (followed != null) {
            followed.close();
            followed = null;
        }
    }

    /** A place in a session. What is told to one that was given up comes too late, and is left unheard. */
    final class Place {

        private void post(ElectionEvent event) {
            process.postIf(() -> place == this, event);
        }

        void onKept(ElectionEvent.SessionKept proof) {
            post(proof);
        }

        void onEnded(String session) {
            post(new ElectionEvent.SessionEnded(session));
        }

        void onGivenUp(String session) {
            post(new ElectionEvent.SessionGivenUp(session));
        }

        void onDenied() {
            post(new ElectionEvent.SessionDenied());
        }
    }
}
