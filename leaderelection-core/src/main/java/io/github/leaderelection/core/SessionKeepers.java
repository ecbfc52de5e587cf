package io.github.leaderelection.core;

import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.TimeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The keepers of this process: electors of one client, with the same timing and time source, share one and so one session. */
final class SessionKeepers {

    static final SessionKeepers SHARED = new SessionKeepers();

    private record Key(LockSessions sessions, TimeSource source, long leaseNanos, long renewNanos, long retryNanos) {

        static Key of(LockSessions sessions, MachineSettings settings, Clock clock) {
            return new Key(
                    sessions, clock.source(), settings.leaseNanos(), settings.renewNanos(), settings.retryNanos());
        }
    }

    private static final class Shared {
        private final SessionKeeper keeper;
        private int users;

        Shared(SessionKeeper keeper) {
            this.keeper = keeper;
        }
    }

    /** Guarded by this. */
    private final Map<Key, Shared> keepers = new HashMap<>();

    /** The keeper for one more user; to be given back with {@link #leave}. */
    synchronized SessionKeeper enter(
            LockSessions sessions, MachineSettings settings, Clock clock, RandomGenerator random, Executor loops) {
        Shared shared = keepers.computeIfAbsent(
                Key.of(sessions, settings, clock),
                first -> new Shared(new SessionKeeper(sessions, settings, new Clock(clock.source()), random, loops)));
        shared.users++;
        return shared.keeper;
    }

    /** One user less. */
    synchronized void leave(LockSessions sessions, MachineSettings settings, Clock clock) {
        keepers.computeIfPresent(
                Key.of(sessions, settings, clock), (key, shared) -> --shared.users == 0 ? null : shared);
    }

    /** How many sessions are kept. */
    synchronized int size() {
        return keepers.size();
    }
}
