package io.github.leaderelection.core.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that the store keeps, by a clock of its own: each ends when its lease has passed since the last renewal that
 * reached the store, or later, but never sooner. No id is used twice, not even after the store lost its data.
 */
final class SimSessions {

    private final Simulation world;
    private final Map<String, SimSession> all = new LinkedHashMap<>();
    private SimClock clock;
    long opened;
    long expired;

    SimSessions(Simulation world) {
        this.world = world;
        clock = world.freshClock();
    }

    private long now() {
        return world.agenda().now();
    }

    /** Opens one whose lease counts from that time. */
    SimSession open(long leaseNanos, long fromReal, long honouredLocal) {
        SimSession session = new SimSession("s" + (all.size() + 1), leaseNanos);
        session.dueLocal = clock.local(fromReal) + leaseNanos;
        session.honouredLocal = honouredLocal;
        all.put(session.id, session);
        opened++;
        endWhenDue(session);
        return session;
    }

    /** Lets the lease of one that is alive count from that time; false if it has ended. */
    boolean renew(SimSession session, long fromReal, long honouredLocal) {
        if (session.ended) {
            return false;
        }
        session.dueLocal = Math.max(session.dueLocal, clock.local(fromReal) + session.leaseNanos);
        session.honouredLocal = Math.max(session.honouredLocal, honouredLocal);
        return true;
    }

    private void endWhenDue(SimSession session) {
        long late = world.isCalm() ? 0 : world.dice().below(world.weather().sessionsEndLate);
        lookAt(session, clock.realAt(session.dueLocal, now()) + late);
    }

    private void lookAt(SimSession session, long at) {
        long mine = ++session.look;
        world.agenda().at(at, () -> {
            if (session.look == mine && !session.ended) {
                look(session);
            }
        });
    }

    private void look(SimSession session) {
        if (world.store().isDown()) {
            lookAt(session, now() + world.weather().common().retryNanos());
        } else if (clock.local(now()) < session.dueLocal) {
            endWhenDue(session);
        } else {
            expired++;
            end(session);
        }
    }

    void end(SimSession session) {
        if (session.ended) {
            return;
        }
        session.ended = true;
        if (world.isTold()) {
            world.transcript().line(now(), "", "  store: session " + session.id + " has ended");
        }
        List.copyOf(session.followers).forEach(SimSessionLink.Following::ended);
    }

    /** An outsider ends one that is alive. */
    void kill() {
        List<SimSession> alive = alive();
        if (!alive.isEmpty()) {
            SimSession session = alive.get(world.dice().below(alive.size()));
            session.killedAt = now();
            end(session);
        }
    }

    private List<SimSession> alive() {
        return all.values().stream().filter(session -> !session.ended).toList();
    }

    /** Another server leads, with another clock: all have their whole lease again. */
    void changeServer() {
        clock = world.freshClock();
        for (SimSession session : alive()) {
            session.dueLocal = clock.local(now()) + session.leaseNanos;
            endWhenDue(session);
        }
    }

    void loseAll() {
        alive().forEach(this::end);
    }

    /** From now on each ends when it is due. */
    void calmDown() {
        alive().forEach(this::endWhenDue);
    }

    @Nullable
    SimSession find(String id) {
        return all.get(id);
    }

    boolean isAlive(@Nullable String id) {
        SimSession session = id == null ? null : all.get(id);
        return session != null && !session.ended;
    }
}
