package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.github.leaderelection.lock.support.LockThread;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Clears away the markers of clients that died while nobody followed their sessions. Who opens a session looks at some of the
 * others, and deletes those that are still the same after many leases. The ids are random: so in time each marker is looked at
 * by somebody. What fails is left for the next one who opens a session.
 *
 * <p>All state is confined to the thread of the connection; all methods are to be called on it.
 */
final class SessionSweep {

    /** More than twice of what the client of a session that holds nothing lets pass between two writes; see {@link EtcdSession}. */
    private static final int LEASES = 10;

    private static final int MARKERS_MAX = 100;

    /** Leases that are longer are not waited for to their end. */
    private static final long LEASE_NANOS_MAX = Long.MAX_VALUE / (2 * LEASES);

    private final LockThread thread;
    private final EtcdSessions sessions;
    private final Set<ByteSequence> noted = new HashSet<>();

    SessionSweep(LockThread thread, EtcdSessions sessions) {
        this.thread = thread;
        this.sessions = sessions;
    }

    /** Looks at some markers beside that of a session which was just opened. */
    void lookAround(String opened) {
        sessions.readOthers(opened, MARKERS_MAX / 2).whenComplete((found, error) -> {
            if (error == null) {
                thread.run(() -> note(found));
            }
        });
    }

    private void note(List<KeyValue> found) {
        for (KeyValue marker : found) {
            sessions.markers()
                    .lease(marker.getValue())
                    .filter(lease -> noted.add(marker.getKey()))
                    .ifPresent(lease -> thread.schedule(
                            () -> lookAgain(marker), LEASES * Math.min(lease.toNanos(), LEASE_NANOS_MAX)));
        }
    }

    private void lookAgain(KeyValue marker) {
        noted.remove(marker.getKey());
        String session = sessions.markers().session(marker.getKey());
        EtcdVersion version = EtcdVersion.of(marker);
        sessions.read(session).whenComplete((found, error) -> {
            if (error == null && found.map(EtcdVersion::of).equals(Optional.of(version))) {
                thread.run(() -> sessions.delete(session, version));
            }
        });
    }
}
