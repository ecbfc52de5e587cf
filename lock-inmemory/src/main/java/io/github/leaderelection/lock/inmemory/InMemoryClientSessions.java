package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A client's access to the sessions of the space. A stage is complete when it is returned, unless a fault holds it up. */
final class InMemoryClientSessions implements LockSessions {

    /** A hundred years: well below what fits into nanoseconds, and longer than any JVM will live. */
    private static final Duration LEASE_MAX = Duration.ofDays(36_500);

    private final InMemorySessions sessions;
    private final InMemoryFaults faults;
    private final InMemoryRequests requests;

    InMemoryClientSessions(InMemorySpace space, String client) {
        this.sessions = space.sessions();
        this.faults = space.faults(client);
        this.requests = new InMemoryRequests(space, client, "the space in memory");
    }

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        if (lease.compareTo(InMemorySpace.LEASE_MIN) < 0 || lease.compareTo(LEASE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "lease must be from " + InMemorySpace.LEASE_MIN + " to " + LEASE_MAX + ", but is " + lease);
        }
        return requests.send(Call.SESSION, () -> new Session(sessions.open(lease)));
    }

    @Override
    public Subscription watch(String session, Runnable onEnded) {
        return sessions.watch(faults, session, onEnded);
    }

    /** The lease counts from the arrival of a keep-alive, which is no earlier than its sending. */
    private final class Session implements LockSession {

        private final String id;

        private Session(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public CompletionStage<KeepAlive> keepAlive(boolean proof) {
            return requests.send(Call.KEEP_ALIVE, () -> sessions.keepAlive(id) ? KeepAlive.kept() : KeepAlive.ended());
        }

        @Override
        public CompletionStage<Void> end() {
            return requests.send(Call.SESSION, () -> {
                        sessions.end(id);
                        return id;
                    })
                    .thenAccept(ended -> {});
        }

        @Override
        public String toString() {
            return id;
        }
    }
}
