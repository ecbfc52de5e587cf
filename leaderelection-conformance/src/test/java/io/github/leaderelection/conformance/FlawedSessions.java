package io.github.leaderelection.conformance;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The sessions of a flawed store, whose locks are all of one client; without a flaw they are right. */
final class FlawedSessions implements LockSessions {

    private record Watching(String id, Runnable onEnded) {}

    private final Set<Flaw> flaws;

    /** When each ends that is alive. This and below guarded by this object's monitor. */
    private final Map<String, Long> ends = new HashMap<>();

    private final List<Watching> watches = new ArrayList<>();
    private int opened;

    FlawedSessions(Set<Flaw> flaws) {
        this.flaws = flaws;
    }

    private boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    @Override
    public synchronized CompletionStage<LockSession> open(Duration lease) {
        if (lease.isZero() || lease.isNegative()) {
            throw new IllegalArgumentException("lease must be positive, but is " + lease);
        }
        opened++;
        String id = "session-" + (has(Flaw.SESSION_IDS_COME_BACK) ? ends.size() + 1 : opened);
        Session session = new Session(id, has(Flaw.SESSIONS_END_EARLY) ? lease.dividedBy(2) : lease);
        session.extend();
        return CompletableFuture.completedFuture(session);
    }

    private boolean isAlive(String id) {
        return ends.containsKey(id);
    }

    private synchronized void endIfDue(String id) {
        Long endNanos = ends.get(id);
        if (endNanos != null && System.nanoTime() - endNanos >= 0) {
            end(id);
        }
    }

    private synchronized void end(String id) {
        if (ends.remove(id) == null) {
            return;
        }
        for (Watching watching : List.copyOf(watches)) {
            if (watching.id().equals(id)) {
                tell(watching);
                if (has(Flaw.SESSION_WATCH_TELLS_TWICE)) {
                    tell(watching);
                }
            }
        }
    }

    private void tell(Watching watching) {
        watches.remove(watching);
        if (has(Flaw.SESSION_WATCH_NEVER_TELLS)) {
            return;
        }
        try {
            watching.onEnded().run();
        } catch (RuntimeException thrown) {
            System.getLogger(FlawedSessions.class.getName()).log(System.Logger.Level.DEBUG, "a watch threw", thrown);
        }
    }

    @Override
    public synchronized Subscription watch(String session, Runnable onEnded) {
        Watching watching = new Watching(session, onEnded);
        watches.add(watching);
        if (!isAlive(session) || has(Flaw.SESSION_WATCH_GUESSES)) {
            tell(watching);
        }
        return () -> close(watching);
    }

    private synchronized void close(Watching watching) {
        if (!has(Flaw.SESSION_WATCH_CANNOT_BE_CLOSED)) {
            watches.remove(watching);
        }
    }

    private final class Session implements LockSession {
        private final String id;
        private final Duration lease;

        Session(String id, Duration lease) {
            this.id = id;
            this.lease = lease;
        }

        private void extend() {
            ends.put(id, System.nanoTime() + lease.toNanos());
            if (!has(Flaw.SESSIONS_NEVER_LAPSE)) {
                CompletableFuture.delayedExecutor(lease.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(() -> endIfDue(id));
            }
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public CompletionStage<KeepAlive> keepAlive(boolean proof) {
            synchronized (FlawedSessions.this) {
                if (isAlive(id) && !has(Flaw.KEEP_ALIVE_KEEPS_NOTHING)) {
                    extend();
                }
                boolean kept = isAlive(id) || has(Flaw.KEEPS_WHAT_HAS_ENDED);
                return CompletableFuture.completedFuture(kept ? KeepAlive.kept() : KeepAlive.ended());
            }
        }

        @Override
        public CompletionStage<Void> end() {
            FlawedSessions.this.end(id);
            return CompletableFuture.allOf();
        }
    }
}
