package io.github.leaderelection.core.sim;

import java.util.ArrayList;
import java.util.List;

/** One session at the store, and all that nobody inside the simulation knows of it. */
final class SimSession {

    final String id;
    final long leaseNanos;

    /** When it is due to end, on the store's clock. */
    long dueLocal;

    boolean ended;

    /** The one look at whether it is due that is not outdated. */
    long look;

    /** When an outsider ended it, in real time; {@link #NEVER} if none did. */
    long killedAt = NEVER;

    static final long NEVER = Long.MIN_VALUE;

    /** The latest sending, on its client's clock and less what its lease may count from earlier, of what the store has honoured. */
    long honouredLocal;

    final List<SimSessionLink.Following> followers = new ArrayList<>();

    SimSession(String id, long leaseNanos) {
        this.id = id;
        this.leaseNanos = leaseNanos;
    }
}
