package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session of our client, as far as this elector knows it, and of when that is proven. All electors of the client share
 * it; it is opened, kept alive and ended elsewhere.
 */
final class OwnSession {

    private final MachineSettings settings;
    private boolean joined;
    private @Nullable String id;
    private long provenNanos;
    private @Nullable String ended;
    /** Somebody acted as if it had ended: what was proven before that says nothing. */
    private boolean suspect;

    private long suspectNanos;
    /** A proof was asked for that has not come yet. */
    private boolean asked;
    /** Somebody was told that proofs are needed. */
    private boolean needed;

    OwnSession(MachineSettings settings) {
        this.settings = settings;
    }

    void join(List<ElectionAction> actions) {
        if (settings.sessions() && !joined) {
            joined = true;
            actions.add(new ElectionAction.JoinSession());
        }
    }

    void leave(List<ElectionAction> actions) {
        if (joined) {
            joined = false;
            forget();
            needed = false;
            actions.add(new ElectionAction.LeaveSession());
        }
    }

    void kept(String session, long nanos) {
        if (!joined || session.equals(ended)) {
            return; // what comes late is of no use
        }
        if (suspect && session.equals(id) && nanos <= suspectNanos) {
            return;
        }
        suspect = false;
        provenNanos = session.equals(id) ? Math.max(provenNanos, nanos) : nanos;
        id = session;
        asked = false;
    }

    /** Whether that was the session of our client, and is no more. */
    boolean hasEnded(String session) {
        return session.equals(ended);
    }

    /** Whether it was this one. */
    boolean ended(String session) {
        if (!session.equals(id)) {
            return false;
        }
        ended = session;
        forget();
        return true;
    }

    /** Has it kept alive no more. From here on it is as good as ended for us; for others it is not, before its lease has passed. */
    void giveUp(List<ElectionAction> actions) {
        if (id != null) {
            actions.add(new ElectionAction.GiveUpSession(id));
            ended(id);
        }
    }

    /** Somebody has taken what it held. Either it has ended, or that was an outsider: only a newer proof can tell. */
    void suspect(long nowNanos) {
        suspect = id != null;
        suspectNanos = nowNanos;
        asked = false;
    }

    boolean isSuspect() {
        return suspect;
    }

    private void forget() {
        id = null;
        suspect = false;
        asked = false;
    }

    Optional<String> id() {
        return Optional.ofNullable(id);
    }

    /** Whether that is the session of our client, and alive as far as we know. */
    boolean is(@Nullable String session) {
        return session != null && session.equals(id);
    }

    /** I1: until when a tenure may be led on that record; what is past if no session of ours holds it. */
    long validUntilNanos(LeaderElectionRecord record) {
        return is(record.session().orElse(null)) && !suspect ? provenNanos + settings.renewNanos() : Long.MIN_VALUE;
    }

    /** Asks for a proof that is newer than the last, unless one is asked for already. */
    void askProof(List<ElectionAction> actions) {
        if (id != null && !asked) {
            asked = true;
            needed = true;
            actions.add(new ElectionAction.AskProof(suspect ? Math.max(provenNanos, suspectNanos) : provenNanos));
        }
    }

    /**
     * Has a proof brought before the last one is half a renew deadline old, for whoever may have to lead on it at any time.
     *
     * @return when to call this again, if nothing is heard
     */
    long keepProven(long nowNanos, List<ElectionAction> actions) {
        long askAt = provenNanos + settings.renewNanos() / 2;
        if (nowNanos < askAt) {
            return askAt;
        }
        askProof(actions);
        return ElectionMachine.NEVER;
    }

    /** Whether a proof was asked for that has not come yet. */
    boolean isAwaited() {
        return asked;
    }

    /** Has no more proofs brought, once nothing hangs on them. */
    void needNoProof(List<ElectionAction> actions) {
        if (needed) {
            needed = false;
            asked = false;
            actions.add(new ElectionAction.NeedNoProof());
        }
    }
}
