package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionAction;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one machine may know of sessions: its own, and which have ended. */
final class KnownSessions {

    private final Set<String> ended = new HashSet<>();
    private final Set<String> over = new HashSet<>();
    private @Nullable String lastEnded;
    private boolean joined;
    private @Nullable String own;
    private long provenNanos;
    private boolean asked;

    void kept(String session, long nanos) {
        if (joined && !over.contains(session)) {
            provenNanos = session.equals(own) ? Math.max(provenNanos, nanos) : nanos;
            own = session;
            asked = false;
        }
    }

    void ended(String session) {
        ended.add(session);
        lastEnded = session;
        givenUp(session);
    }

    void givenUp(String session) {
        if (session.equals(own)) {
            own = null;
            asked = false;
            over.add(session);
        }
    }

    void take(ElectionAction.OfSession wanted) {
        if (wanted instanceof ElectionAction.JoinSession) {
            joined = true;
        } else if (wanted instanceof ElectionAction.LeaveSession) {
            joined = false;
            own = null;
        } else if (wanted instanceof ElectionAction.AskProof) {
            asked = true;
        } else if (wanted instanceof ElectionAction.NeedNoProof) {
            asked = false;
        } else if (wanted instanceof ElectionAction.GiveUpSession given) {
            givenUp(given.session());
        }
    }

    boolean hasEnded(@Nullable String session) {
        return session != null && ended.contains(session);
    }

    /** Whether it is known to have ended, or was its own and is kept alive no more. */
    boolean isOver(String session) {
        return ended.contains(session) || over.contains(session);
    }

    /** Whether no other's end was told since; a machine need not remember more of those that it does not follow. */
    boolean isLastEnded(String session) {
        return session.equals(lastEnded);
    }

    boolean isOurs(String session) {
        return session.equals(own);
    }

    long provenNanos() {
        return provenNanos;
    }

    boolean isAsked() {
        return asked;
    }
}
