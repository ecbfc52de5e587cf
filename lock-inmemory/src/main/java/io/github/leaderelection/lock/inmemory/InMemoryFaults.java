package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.spi.LockUnavailableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong for the locks of one identity, and for the sessions of the client of that name, reached through {@link InMemorySpace#faults}. To cut a candidate off as a
 * network does that refuses connections, or as one that swallows packets:
 * <pre>{@code
 * space.faults("a").untilHealed(InMemoryFault.refuse());       space.faults("a").cutWatches();
 * space.faults("a").untilHealed(InMemoryFault.loseRequest());  space.faults("a").silenceWatches();
 * }</pre>
 *
 * <p>A request is hit by one fault at most: of the counted ones that fit, the one set first; else of the lasting ones that
 * fit, the one set last. Requests that are under way when a fault is set or healed are not affected. Any thread may call.
 *
 * <p>A watch over a session goes on through faults, and so is never told of one. It is silent while watches are silenced, and
 * until {@link #heal()} if it is opened or cut while a lasting fault for watches is set, of whatever kind. Counted faults
 * pass it by.
 */
public final class InMemoryFaults {

    /** A fault, and how many requests it has yet to hit. */
    private static final class Counted {
        private final InMemoryFault fault;
        private int remaining;

        private Counted(InMemoryFault fault, int remaining) {
            this.fault = fault;
            this.remaining = remaining;
        }
    }

    private final InMemoryStore store;
    private final InMemorySessions sessions;
    private final String identity;
    private final List<Counted> counted = new ArrayList<>();
    private final List<InMemoryFault> lasting = new ArrayList<>();

    InMemoryFaults(InMemoryStore store, InMemorySessions sessions, String identity) {
        this.store = store;
        this.sessions = sessions;
        this.identity = identity;
    }

    /**
     * The next {@code requests} requests that {@code fault} fits are hit by it.
     *
     * @throws IllegalArgumentException if {@code requests} is not positive
     */
    public synchronized void next(int requests, InMemoryFault fault) {
        if (requests <= 0) {
            throw new IllegalArgumentException("requests must be positive, but is " + requests);
        }
        counted.add(new Counted(fault, requests));
    }

    /** Every request that {@code fault} fits is hit by it, until {@link #heal()}. */
    public synchronized void untilHealed(InMemoryFault fault) {
        lasting.add(fault);
    }

    /** Breaks the watches that are open. Those opened later are not affected: for them set {@link InMemoryFault#refuse()}. */
    public void cutWatches() {
        store.cutWatches(
                identity,
                new LockUnavailableException("the watch of '" + identity
                        + "' was cut by a fault that was asked for: open" + " another one"));
        sessions.cutWatches(this);
    }

    /** The watches that are open, and those opened from now on, tell nothing more until {@link #heal()}. */
    public void silenceWatches() {
        store.silenceWatches(identity);
        sessions.silenceWatches(this);
    }

    /**
     * Takes back what was set and silenced; a watch that was silent tells the present state. A request that was lost stays
     * lost, and a watch that was cut stays cut.
     */
    public void heal() {
        synchronized (this) {
            counted.clear();
            lasting.clear();
        }
        store.resumeWatches(identity);
        sessions.resumeWatches(this);
    }

    /** Whether a lasting fault hits watches that are opened now. */
    synchronized boolean keepsWatchesOut() {
        return lasting.stream().anyMatch(fault -> fault.hits(Call.WATCH));
    }

    /** The fault that hits a request of this kind which is sent now. */
    synchronized Optional<InMemoryFault> take(Call call) {
        for (Iterator<Counted> each = counted.iterator(); each.hasNext(); ) {
            Counted next = each.next();
            if (next.fault.hits(call)) {
                next.remaining--;
                if (next.remaining == 0) {
                    each.remove();
                }
                return Optional.of(next.fault);
            }
        }
        return lasting.stream().filter(fault -> fault.hits(call)).reduce((earlier, later) -> later);
    }
}
