package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries what concerns sessions to the store and back, with all the faults of the {@link SimNetwork}. Stands for {@code
 * spi.LockSessions}, and keeps to its contract: a keep-alive with proof is answered by whoever may end the session; one without,
 * perhaps by somebody who was deposed and does not know; whoever follows a session is told of its end sooner or later.
 */
final class SimSessionLink {

    private final Simulation world;
    private final SimNetwork network;
    private final List<Following> followings = new ArrayList<>();

    SimSessionLink(Simulation world, SimNetwork network) {
        this.world = world;
        this.network = network;
    }

    private long now() {
        return world.agenda().now();
    }

    private Dice dice() {
        return world.dice();
    }

    private Weather weather() {
        return world.weather();
    }

    // ---- calls

    private interface Arrival {
        /** What the store answers, as its client takes it in; null for no answer. */
        @Nullable
        Runnable arrive();
    }

    private interface Failure {
        void take(boolean denied);
    }

    private void send(SimKeeper from, Failure failure, Arrival arrival) {
        if (network.happens(weather().refusal, Fault.REFUSED)) {
            boolean denied = network.happens(weather().denial, Fault.DENIED);
            deliver(from, () -> failure.take(denied));
            return;
        }
        if (from.host.requestsCut || network.happens(weather().requestLoss, Fault.LOST_REQUEST)) {
            mayFail(from, failure);
            return;
        }
        long sentAt = now();
        world.agenda().at(sentAt + network.latency(), () -> {
            if (network.isGone(sentAt)) {
                return;
            }
            Runnable answer = world.store().isDown() ? null : arrival.arrive();
            boolean lost = from.host.repliesCut || network.happens(weather().replyLoss, Fault.LOST_REPLY);
            if (answer == null || lost) {
                mayFail(from, failure);
            } else {
                deliver(from, answer);
            }
        });
    }

    /** Nobody answers; perhaps the lock notices. */
    private void mayFail(SimKeeper from, Failure failure) {
        if (dice().chance(0.6)) {
            deliver(from, () -> failure.take(false));
        }
    }

    private void deliver(SimKeeper to, Runnable answer) {
        world.agenda().at(now() + network.latency(), to.host, answer);
    }

    void open(SimKeeper from, long call) {
        long sentAt = now();
        long sentLocal = from.host.clock.local(sentAt);
        send(from, denied -> from.failed(call, denied), () -> {
            SimSession opened =
                    world.sessions().open(from.settings.leaseNanos(), countsFrom(from.host, sentAt, 0), sentLocal);
            return () -> from.opened(call, opened);
        });
    }

    void keepAlive(SimKeeper from, SimSession session, long call, boolean proof) {
        long sentAt = now();
        long sentLocal = from.host.clock.local(sentAt);
        if (!proof && network.happens(weather().deposed, Fault.DEPOSED)) {
            send(
                    from,
                    denied -> from.failed(call, denied),
                    () -> () -> from.answered(call, new SessionEvent.Kept(call, 0)));
            return;
        }
        long earlier = weather().earlierNanos;
        send(from, denied -> from.failed(call, denied), () -> {
            long honoured = proof ? sentLocal - earlier : Long.MIN_VALUE;
            boolean alive = world.sessions().renew(session, countsFrom(from.host, sentAt, earlier), honoured);
            SessionEvent answer = alive ? new SessionEvent.Kept(call, earlier) : new SessionEvent.Ended(call);
            if (network.happens(weather().duplicate, Fault.DUPLICATE)) {
                deliver(from, () -> from.answered(call, answer));
            }
            return () -> from.answered(call, answer);
        });
    }

    /** The soonest time that a lease may count from, if the store is one of those; else now, when the request has arrived. */
    private long countsFrom(SimHost host, long sentAt, long earlierNanos) {
        return weather().countsFromSending ? host.clock.before(sentAt, earlierNanos) : now();
    }

    void end(SimKeeper from, SimSession session) {
        send(from, denied -> {}, () -> {
            world.sessions().end(session);
            return null;
        });
    }

    // ---- following

    /** One that wants to be told when a session has ended. */
    final class Following {
        private final SimProcess owner;
        private final SimSession session;
        private boolean closed;

        private Following(SimProcess owner, SimSession session) {
            this.owner = owner;
            this.session = session;
        }

        void close() {
            closed = true;
            session.followers.remove(this);
            followings.remove(this);
        }

        /** Asks the store, and once more if that does not work. */
        private void ask() {
            if (closed) {
                return;
            }
            boolean cut = owner.host.requestsCut
                    || owner.host.repliesCut
                    || world.store().isDown();
            if (cut || network.happens(weather().requestLoss, Fault.LOST_REQUEST)) {
                askLater();
            } else if (session.ended) {
                tell();
            } else if (!session.followers.contains(this)) {
                session.followers.add(this);
            }
        }

        private void askLater() {
            world.agenda().at(now() + 1 + dice().below(owner.settings.retryNanos() * 2), this::ask);
        }

        /** It has: the store says so, but that may be lost, and is only found when the lock asks again. */
        void ended() {
            session.followers.remove(this);
            boolean cut = owner.host.repliesCut || network.happens(weather().replyLoss, Fault.LOST_REPLY);
            if (cut) {
                world.agenda().at(now() + 1 + dice().below(owner.settings.leaseNanos()), this::ask);
            } else {
                tell();
            }
        }

        private void tell() {
            deliver(now() + network.latency() + owner.watchLag);
            if (network.happens(weather().duplicate, Fault.DUPLICATE)) {
                deliver(now() + network.latency() + owner.watchLag);
            }
        }

        private void deliver(long at) {
            world.agenda().at(at, owner.host, () -> owner.post(new ElectionEvent.SessionEnded(session.id)));
        }
    }

    Following follow(SimProcess owner, String id) {
        SimSession session = world.sessions().find(id);
        if (session == null) {
            throw new SimViolation("session", "follows a session that never was");
        }
        Following following = new Following(owner, session);
        followings.add(following);
        world.agenda().at(now() + network.latency(), following::ask);
        return following;
    }

    /** All that was lost is asked for again. */
    void hurry() {
        for (Following following : List.copyOf(followings)) {
            world.agenda().at(now() + network.latency(), following::ask);
        }
    }
}
