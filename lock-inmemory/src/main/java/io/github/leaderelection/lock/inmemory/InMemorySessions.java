package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sessions of a space, and the watches over them. A session is over at the instant at which its lease has passed, also if
 * its timer is late. Changes are made under one monitor; the watches tell them after it was left.
 */
final class InMemorySessions {

    private static final System.Logger LOGGER = System.getLogger(InMemorySessions.class.getName());

    /** A session that was not seen to end yet, with the time when it will, unless it is kept alive. */
    private static final class Session {
        private final long leaseNanos;
        private long endNanos;
        private Subscription timer = () -> {};

        private Session(long leaseNanos) {
            this.leaseNanos = leaseNanos;
        }
    }

    /** One who waits for the end of a session; compared by identity. */
    private static final class Watch {
        private final InMemoryFaults faults;
        private final String id;
        private final Runnable onEnded;
        private boolean silent;

        private Watch(InMemoryFaults faults, String id, Runnable onEnded) {
            this.faults = faults;
            this.id = id;
            this.onEnded = onEnded;
        }
    }

    private final TimeSource time;

    /** This and all below guarded by this object's monitor. */
    private final Map<String, Session> sessions = new HashMap<>();

    private final Map<String, Set<Watch>> watches = new HashMap<>();
    private final Set<InMemoryFaults> silenced = new HashSet<>();
    private long opened;

    InMemorySessions(TimeSource time) {
        this.time = time;
    }

    /** Opens a session that ends when {@code lease} has passed, and returns its id. */
    synchronized String open(Duration lease) {
        String id = "session-" + ++opened;
        Session session = new Session(lease.toNanos());
        sessions.put(id, session);
        extend(id, session);
        return id;
    }

    /** Lets the session live for its whole lease from now on, and says whether it was still alive. */
    boolean keepAlive(String id) {
        synchronized (this) {
            Optional<Session> alive = alive(id);
            if (alive.isPresent()) {
                extend(id, alive.get());
                return true;
            }
        }
        end(id);
        return false;
    }

    private void extend(String id, Session session) {
        session.timer.close();
        session.endNanos = time.nanoTime() + session.leaseNanos;
        session.timer = time.schedule(() -> endIfDue(id), session.leaseNanos);
    }

    /** A timer that was cancelled too late finds a session that lives on. */
    private void endIfDue(String id) {
        synchronized (this) {
            if (alive(id).isPresent()) {
                return;
            }
        }
        end(id);
    }

    private Optional<Session> alive(String id) {
        return Optional.ofNullable(sessions.get(id)).filter(session -> time.nanoTime() - session.endNanos < 0);
    }

    /** Ends the session, if it has not ended before, and tells its watches. */
    void end(String id) {
        synchronized (this) {
            Optional.ofNullable(sessions.remove(id)).ifPresent(session -> session.timer.close());
        }
        tell(id);
    }

    /** Opens a watch, which tells at once if the session has ended; one that was never opened has. */
    Subscription watch(InMemoryFaults faults, String id, Runnable onEnded) {
        Watch watch = new Watch(faults, id, onEnded);
        synchronized (this) {
            watch.silent = silenced.contains(faults) || faults.keepsWatchesOut();
            watches.computeIfAbsent(id, first -> new LinkedHashSet<>()).add(watch);
        }
        tell(id);
        return () -> forget(watch);
    }

    /** The watches begin anew, which those do in vain that a fault keeps out. */
    synchronized void cutWatches(InMemoryFaults faults) {
        watchesOf(faults).forEach(watch -> watch.silent |= faults.keepsWatchesOut());
    }

    synchronized void silenceWatches(InMemoryFaults faults) {
        silenced.add(faults);
        watchesOf(faults).forEach(watch -> watch.silent = true);
    }

    void resumeWatches(InMemoryFaults faults) {
        Set<String> watched = new LinkedHashSet<>();
        synchronized (this) {
            silenced.remove(faults);
            for (Watch watch : watchesOf(faults)) {
                watch.silent = false;
                watched.add(watch.id);
            }
        }
        watched.forEach(this::tell);
    }

    private List<Watch> watchesOf(InMemoryFaults faults) {
        return watches.values().stream()
                .flatMap(Set::stream)
                .filter(watch -> watch.faults == faults)
                .toList();
    }

    private synchronized void forget(Watch watch) {
        watches.computeIfPresent(watch.id, (id, others) -> {
            others.remove(watch);
            return others.isEmpty() ? null : others;
        });
    }

    /** Tells those who can be told, if the session has ended. Each is forgotten first, so that it is told once. */
    private void tell(String id) {
        List<Watch> told = new ArrayList<>();
        synchronized (this) {
            if (alive(id).isPresent()) {
                return;
            }
            for (Watch watch : watches.getOrDefault(id, Set.of())) {
                if (!watch.silent) {
                    told.add(watch);
                }
            }
            told.forEach(this::forget);
        }
        told.forEach(InMemorySessions::tellOne);
    }

    /** The thread belongs to whoever ended the session, who must not pay for what somebody else's watcher throws. */
    private static void tellOne(Watch watch) {
        try {
            watch.onEnded.run();
        } catch (Throwable thrown) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "who was told that the session " + watch.id + " has ended, threw; the others are told all the same",
                    thrown);
        }
    }
}
