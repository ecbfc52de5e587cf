package io.github.leaderelection.core.machine;

import static io.github.leaderelection.core.machine.InvariantBrokenException.require;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one session of a client: opens it when somebody takes part, keeps it alive, opens another one when it has ended, and ends
 * it when nobody takes part any more. Events and the time go in, actions come out; nothing else is asked or done. Not for use by
 * several threads at once.
 *
 * <p>While tenures hang on it, a proof that it is alive is fetched in each retry period; else it is only kept alive, three times
 * in a renew deadline, which is a lease by a clock as fast as is allowed. What it tells of times is only ever the sending of what
 * was proven afterwards (I1).
 */
public final class SessionMachine {

    private final MachineSettings settings;
    private final Backoff opens;
    private final Backoff tries;

    private boolean wanted;
    private boolean proofNeeded;
    /** Somebody waits for a proof: the next one does not wait for its time. */
    private boolean asked;

    private @Nullable String session;
    private long openedNanos;
    private long provenNanos;
    private long call;
    private boolean underWay;
    private boolean proving;
    /** The last call failed. */
    private boolean failing;

    private long sentNanos;

    private List<SessionAction> actions = new ArrayList<>();
    private long now = Long.MIN_VALUE;
    private long wakeAtNanos = ElectionMachine.NEVER;

    /** One without a session, and that wants none. {@code random} spreads pauses. */
    public SessionMachine(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        opens = new Backoff(settings, random);
        tries = new Backoff(settings, random);
    }

    /**
     * Takes in one event.
     *
     * @param nowNanos the monotonic time, never less than at the step before
     * @return what to do, in this order
     */
    public List<SessionAction> step(SessionEvent event, long nowNanos) {
        require(nowNanos >= now, "time went back from " + now + " to " + nowNanos);
        actions = new ArrayList<>(2);
        now = nowNanos;
        on(event);
        giveUpOverdue();
        advance();
        return actions;
    }

    /** When the next {@link SessionEvent.TimerFired} is due, if nothing else happens; {@link ElectionMachine#NEVER} if not at all. */
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    private void on(SessionEvent event) {
        if (event instanceof SessionEvent.Wanted want) {
            wanted = want.wanted();
        } else if (event instanceof SessionEvent.ProofNeeded need) {
            proofNeeded = need.needed();
            asked &= proofNeeded;
        } else if (event instanceof SessionEvent.ProofAsked ask) {
            asked |= proofNeeded && session != null && provenNanos <= ask.afterNanos();
        } else if (event instanceof SessionEvent.GivenUp given) {
            if (given.session().equals(session)) {
                over(new SessionAction.TellGivenUp(given.session()));
            }
        } else if (event instanceof SessionEvent.Opened opened) {
            if (answers(opened.call())) {
                onOpened(opened.session());
            }
        } else if (event instanceof SessionEvent.Kept kept) {
            if (answers(kept.call())) {
                onKept(kept.earlierNanos());
            }
        } else if (event instanceof SessionEvent.Ended ended) {
            if (answers(ended.call()) && session != null) {
                over(new SessionAction.TellEnded(session));
            }
        } else if (event instanceof SessionEvent.Failed failed && answers(failed.call())) {
            onFailed();
        }
    }

    /** Whether that is the call under way, which then no longer is. */
    private boolean answers(long answered) {
        boolean awaited = underWay && answered == call;
        underWay &= !awaited;
        return awaited;
    }

    private void onOpened(String opened) {
        session = opened;
        openedNanos = now;
        failing = false;
        provenNanos = sentNanos;
        asked = false;
        tries.reset(now);
        actions.add(new SessionAction.TellOpened(opened, provenNanos, now - sentNanos));
    }

    private void onKept(long earlierNanos) {
        tries.reset(now);
        if (now - openedNanos >= settings.retryNanos()) {
            opens.reset(now);
        }
        if (proving && session != null) {
            provenNanos = Math.max(provenNanos, sentNanos - earlierNanos);
            asked = false;
            actions.add(new SessionAction.TellProven(session, provenNanos, now - sentNanos));
        }
        failing = false;
    }

    private void onFailed() {
        failing = true;
        (session == null ? opens : tries).failed(now);
    }

    private void over(SessionAction told) {
        if (underWay) {
            underWay = false;
            actions.add(new SessionAction.Abandon(call, false));
        }
        session = null;
        asked = false;
        opens.failed(now);
        actions.add(told);
    }

    private void giveUpOverdue() {
        if (underWay && now >= sentNanos + settings.callNanos()) {
            underWay = false;
            actions.add(new SessionAction.Abandon(call, true));
            onFailed();
        }
    }

    private long periodNanos() {
        return proofNeeded ? settings.retryNanos() : settings.renewNanos() / 3;
    }

    private void advance() {
        wakeAtNanos = ElectionMachine.NEVER;
        if (!wanted) {
            leave();
            return;
        }
        if (underWay) {
            wakeAtNanos = sentNanos + settings.callNanos();
            return;
        }
        long at = session == null ? opens.notBeforeNanos() : keepAtNanos();
        if (now < at) {
            wakeAtNanos = at;
            return;
        }
        underWay = true;
        call++;
        sentNanos = now;
        proving = session != null && proofNeeded;
        actions.add(session == null ? new SessionAction.Open(call) : new SessionAction.KeepAlive(call, proving));
        wakeAtNanos = sentNanos + settings.callNanos();
    }

    /** A period after the last one was sent; sooner if that failed, or if somebody waits. */
    private long keepAtNanos() {
        return failing || asked ? tries.notBeforeNanos() : sentNanos + periodNanos();
    }

    private void leave() {
        if (underWay) {
            underWay = false;
            actions.add(new SessionAction.Abandon(call, false));
        }
        if (session != null) {
            actions.add(new SessionAction.End(session));
            session = null;
        }
        asked = false;
        failing = false;
        opens.reset(now);
    }
}
