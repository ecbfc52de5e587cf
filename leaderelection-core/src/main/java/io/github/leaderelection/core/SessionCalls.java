package io.github.leaderelection.core;

import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One elector's part in sessions: in that of its client, which others share, and in those of rivals, which it only follows to
 * their end. What the machine wants done is done by the loop only; what comes of it is handed to the loop.
 */
final class SessionCalls {

    private final LockSessions sessions;
    private final MachineSettings settings;
    private final Clock clock;
    private final ElectionLoop loop;
    private final RandomGenerator random;
    private final Executor loops;
    private @Nullable SessionKeeper keeper;
    private SessionKeeper.@Nullable Seat seat;
    private @Nullable Place place; // of the loop
    private SessionKeeper.@Nullable Proof told; // of the loop
    /** The keeper knows that this elector needs proofs, and goes on to prove; of the loop. */
    private boolean needing;

    private @Nullable Subscription followed;

    SessionCalls(
            LockSessions sessions,
            MachineSettings settings,
            Clock clock,
            ElectionLoop loop,
            RandomGenerator random,
            Executor loops) {
        this.sessions = sessions;
        this.settings = settings;
        this.clock = clock;
        this.loop = loop;
        this.random = random;
        this.loops = loops;
    }

    void perform(ElectionAction.OfSession wanted) {
        if (wanted instanceof ElectionAction.JoinSession) {
            join();
        } else if (wanted instanceof ElectionAction.LeaveSession) {
            leave();
        } else if (wanted instanceof ElectionAction.FollowSession follow) {
            follow(follow.session());
        } else if (wanted instanceof ElectionAction.UnfollowSession) {
            unfollow();
        } else if (keeper != null && seat != null) {
            perform(wanted, keeper, seat);
        }
    }

    private void perform(ElectionAction.OfSession wanted, SessionKeeper kept, SessionKeeper.Seat taken) {
        if (wanted instanceof ElectionAction.AskProof ask) {
            needing = true;
            kept.askProof(taken, clock.atSource(ask.afterNanos()));
        } else if (wanted instanceof ElectionAction.NeedNoProof) {
            needing = false;
            kept.needNoProof(taken);
        } else if (wanted instanceof ElectionAction.GiveUpSession given) {
            kept.giveUp(given.session());
        }
    }

    private void join() {
        SessionKeeper entered = SessionKeepers.SHARED.enter(sessions, settings, clock, random, loops);
        keeper = entered;
        Place taken = new Place();
        place = taken;
        seat = entered.join(taken);
    }

    private void leave() {
        if (keeper != null && seat != null) {
            keeper.leave(seat);
            SessionKeepers.SHARED.leave(sessions, settings, clock);
        }
        keeper = null;
        seat = null;
        place = null;
        needing = false;
    }

    /**
     * What to step the machine with when its time has come: with a proof that it was not told of yet, if there is one. So a leader that
     * is due to ask for one, and that is all that most of them ever do, need not ask, but once: who has not asked is not counted among
     * those for whom the keeper goes on to prove. Of another session than the one that it knows a machine hears in the order in which sessions
     * end and begin, or it would be led to believe that it holds its record by none.
     */
    ElectionEvent whenDue(Optional<String> known) {
        SessionKeeper.Proof latest = keeper == null || !needing ? null : keeper.latestProof();
        return latest == null || latest == told || !known.equals(Optional.of(latest.session()))
                ? new ElectionEvent.TimerFired()
                : kept(latest);
    }

    private ElectionEvent kept(SessionKeeper.Proof proof) {
        told = proof;
        return new ElectionEvent.SessionKept(
                proof.session(), clock.ofSource(proof.provenSourceNanos()), proof.latencyNanos());
    }

    private void follow(String session) {
        try {
            followed = sessions.watch(session, () -> loop.post(new ElectionEvent.SessionEnded(session)));
        } catch (Throwable thrown) { // a lock that breaks its contract, or is closed
            loop.onTrouble(Source.SESSION, thrown);
        }
    }

    private void unfollow() {
        Subscription open = followed;
        followed = null;
        if (open != null) {
            open.close();
        }
    }

    /** The machine is broken: what it holds must not stay held for as long as other electors keep the session alive. */
    void abandon(@Nullable String session) {
        if (keeper != null && session != null) {
            keeper.giveUp(session);
        }
        unfollow();
        leave();
    }

    /** A place in a session. What is told to one that was given up comes too late: the session may have been ended since. */
    private final class Place implements SessionKeeper.Member {

        private void post(ElectionEvent event) {
            loop.execute(() -> {
                if (place == this) {
                    loop.step(event);
                }
            });
        }

        @Override
        public void onKept(SessionKeeper.Proof proof) {
            loop.execute(() -> {
                if (place == this) {
                    loop.step(kept(proof));
                }
            });
        }

        @Override
        public void onEnded(String session) {
            post(new ElectionEvent.SessionEnded(session));
        }

        @Override
        public void onGivenUp(String session) {
            post(new ElectionEvent.SessionGivenUp(session));
        }

        @Override
        public void onTrouble(Throwable trouble) {
            loop.execute(() -> loop.onTrouble(Source.SESSION, trouble));
            if (trouble instanceof LockDeniedException) {
                post(new ElectionEvent.SessionDenied());
            }
        }

        @Override
        public void onSuccess() {
            loop.execute(() -> loop.onSuccess(Source.SESSION));
        }
    }
}
