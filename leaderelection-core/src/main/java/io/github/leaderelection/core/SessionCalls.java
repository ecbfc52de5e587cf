package io.github.leaderelection.core;

import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One elector's part in sessions: in that of its client, which others share, and in those of rivals, which it only follows to
 * their end. What the machine wants done is done by the loop only; what comes of it is handed to the loop.
 */
final class SessionCalls implements SessionKeeper.Member {

    private final LockSessions sessions;
    private final MachineSettings settings;
    private final Clock clock;
    private final ElectionLoop loop;
    private final RandomGenerator random;
    private final Executor loops;
    private @Nullable SessionKeeper keeper;
    private SessionKeeper.@Nullable Seat seat;
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
            kept.askProof(taken, clock.atSource(ask.afterNanos()));
        } else if (wanted instanceof ElectionAction.NeedNoProof) {
            kept.needNoProof(taken);
        } else if (wanted instanceof ElectionAction.GiveUpSession given) {
            kept.giveUp(given.session());
        }
    }

    private void join() {
        SessionKeeper entered = SessionKeepers.SHARED.enter(sessions, settings, clock, random, loops);
        keeper = entered;
        seat = entered.join(this);
    }

    private void leave() {
        if (keeper != null && seat != null) {
            keeper.leave(seat);
            SessionKeepers.SHARED.leave(sessions, settings, clock);
        }
        keeper = null;
        seat = null;
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

    @Override
    public void onKept(String session, long provenSourceNanos, long latencyNanos) {
        loop.post(new ElectionEvent.SessionKept(session, clock.ofSource(provenSourceNanos), latencyNanos));
    }

    @Override
    public void onEnded(String session) {
        loop.post(new ElectionEvent.SessionEnded(session));
    }

    @Override
    public void onGivenUp(String session) {
        loop.post(new ElectionEvent.SessionGivenUp(session));
    }

    @Override
    public void onTrouble(Throwable trouble) {
        loop.execute(() -> loop.onTrouble(Source.SESSION, trouble));
        if (trouble instanceof LockDeniedException) {
            loop.post(new ElectionEvent.SessionDenied());
        }
    }

    @Override
    public void onSuccess() {
        loop.execute(() -> loop.onSuccess(Source.SESSION));
    }
}
