package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries calls to the store and answers back, and shows watchers what changes: late, twice, out of order, or never. Stands for
 * {@code core.LockCalls} and a lock, except that it delivers also the answers to calls that were given up.
 */
final class SimNetwork {

    private final Simulation world;
    private final Agenda agenda;
    private final Dice dice;
    private final Weather weather;
    private final SimStore store;
    private long calmSince = Long.MAX_VALUE;

    SimNetwork(Simulation world, Agenda agenda, Dice dice, Weather weather, SimStore store) {
        this.world = world;
        this.agenda = agenda;
        this.dice = dice;
        this.weather = weather;
        this.store = store;
    }

    /** From now on nothing is lost, late or doubled; what is still under way arrives soon or never. */
    void calmDown() {
        calmSince = agenda.now();
    }

    boolean isCalm() {
        return calmSince != Long.MAX_VALUE;
    }

    /** One way between a process and the store, once all is well. */
    long calmLatency() {
        return Math.min(weather.latency * 2, weather.common().retryNanos() / 200);
    }

    boolean happens(double probability, Fault fault) {
        if (isCalm() || !dice.chance(probability)) {
            return false;
        }
        world.count(fault);
        return true;
    }

    /** Whether what was sent then was under way when all became well, and never arrives. */
    boolean isGone(long sentAt) {
        return sentAt < calmSince && agenda.now() > calmSince && agenda.now() - calmSince > calmLatency();
    }

    /** How long one way takes this time. */
    long latency() {
        if (isCalm()) {
            return dice.below(calmLatency());
        }
        if (happens(weather.slow, Fault.SLOW)) {
            return dice.below(weather.slowest);
        }
        return 1 + dice.below(weather.latency * 2);
    }

    // ---- calls

    void read(SimProcess from, long call, long patience) {
        if (patience > 0) {
            agenda.at(agenda.now() + dice.below(patience), () -> send(from, call, null));
        } else {
            send(from, call, null);
        }
    }

    void write(SimProcess from, long call, SimWrite write) {
        send(from, call, write);
    }

    private void send(SimProcess from, long call, @Nullable SimWrite write) {
        if (happens(weather.refusal, Fault.REFUSED)) {
            boolean denied = happens(weather.denial, Fault.DENIED);
            deliver(from, failed(call, write, true, denied), latency());
            return;
        }
        if (from.host.requestsCut || happens(weather.requestLoss, Fault.LOST_REQUEST)) {
            mayFail(from, call, write, dice.chance(0.5));
            return;
        }
        long sentAt = agenda.now();
        long latency = latency();
        if (write != null && happens(latency > weather.latency * 4 ? 0.3 : 0, Fault.GIVEN_UP_EARLY)) {
            deliver(from, failed(call, write, false, false), dice.below(latency)); // and yet it will be applied
        }
        agenda.at(sentAt + latency, () -> arrive(from, call, write, sentAt));
        if (write == null && happens(weather.duplicate / 4, Fault.DUPLICATE)) {
            agenda.at(sentAt + latency(), () -> arrive(from, call, null, sentAt));
        }
    }

    private void arrive(SimProcess from, long call, @Nullable SimWrite write, long sentAt) {
        if (isGone(sentAt)) {
            return;
        }
        if (store.isDown()) {
            mayFail(from, call, write, true);
            return;
        }
        boolean applied = write != null && store.apply(write);
        SimStore.State state = store.state();
        if (write != null && world.isTold()) {
            world.say(from, "  store: " + (applied ? write.version + " is " + SimText.of(write.record) : "conflict"));
        }
        if (applied && write != null) {
            world.history().applied(write);
        }
        SimDelivery answer = write == null
                ? new SimDelivery(new ElectionEvent.ReadAnswered(call, state.seen()), state, null)
                : applied && write.version != null
                        ? new SimDelivery(new ElectionEvent.WriteApplied(call, write.version), state, write)
                        : new SimDelivery(new ElectionEvent.WriteConflicted(call), null, write);
        if (from.host.repliesCut || happens(weather.replyLoss, Fault.LOST_REPLY)) {
            mayFail(from, call, write, false);
            return;
        }
        deliver(from, answer, latency());
        if (happens(weather.duplicate, Fault.DUPLICATE)) {
            deliver(from, answer, latency());
        }
    }

    /** Nobody answers; perhaps the lock notices. */
    private void mayFail(SimProcess from, long call, @Nullable SimWrite write, boolean sure) {
        if (dice.chance(0.6)) {
            deliver(from, failed(call, write, sure && dice.chance(0.5), false), latency());
        }
    }

    private static SimDelivery failed(long call, @Nullable SimWrite write, boolean sure, boolean denied) {
        ElectionEvent event = write == null
                ? new ElectionEvent.ReadFailed(call, denied)
                : sure ? new ElectionEvent.WriteRefused(call, denied) : new ElectionEvent.WriteUnknown(call);
        return new SimDelivery(event, null, write);
    }

    private void deliver(SimProcess to, SimDelivery delivery, long latency) {
        agenda.at(agenda.now() + latency, to.host, () -> to.post(delivery));
    }

    // ---- watches

    /** A watch as one process keeps it. */
    final class Watch {
        private final SimProcess owner;
        private final long number;
        private final Map<Long, SimStore.State> underWay = new TreeMap<>();
        private long promises;
        private long lastAt;
        private boolean closed;
        private boolean silent;

        private Watch(SimProcess owner, long number) {
            this.owner = owner;
            this.number = number;
        }

        boolean works() {
            return !closed && !silent;
        }

        private void begin() {
            if (closed) {
                return;
            }
            if (store.isDown() || owner.host.requestsCut || owner.host.repliesCut) {
                endOrFallSilent();
                return;
            }
            store.add(this);
            show(store.state());
        }

        void endOrFallSilent() {
            if (dice.chance(0.7)) {
                end();
            } else {
                fallSilent();
            }
        }

        /** Ends, and says so. */
        void end() {
            fallSilent();
            deliver(owner, new SimDelivery(new ElectionEvent.WatchBroken(number), null, null), latency());
        }

        /** Shows nothing more, and does not say so either. */
        void fallSilent() {
            silent = true;
            store.remove(this);
        }

        void close() {
            closed = true;
            store.remove(this);
        }

        void show(SimStore.State state) {
            if (silent) {
                return;
            }
            long at = agenda.now() + latency() + owner.watchLag;
            if (at < lastAt && !happens(weather.reorder, Fault.REORDERED)) {
                at = lastAt;
            }
            lastAt = Math.max(at, lastAt);
            deliverAt(at, state);
            if (happens(weather.duplicate, Fault.DUPLICATE)) {
                deliverAt(at + latency(), state);
            }
        }

        private void deliverAt(long at, SimStore.State state) {
            if (weather.watchConflates) {
                long looksAt = agenda.now() + (at - agenda.now()) / 2; // the change calls for a look, as in ZooKeeper
                agenda.at(looksAt, () -> promise(at, store.state()));
            } else {
                promise(at, state);
            }
        }

        private void promise(long at, SimStore.State state) {
            long promised = ++promises;
            underWay.put(promised, state);
            agenda.at(at, owner.host, () -> tell(promised));
        }

        /** What is under way arrives now. */
        void hurry() {
            lastAt = agenda.now(); // what comes from now on waits for nothing that was slow
            for (long promised : List.copyOf(underWay.keySet())) {
                agenda.at(agenda.now(), owner.host, () -> tell(promised));
            }
        }

        private void tell(long promised) {
            SimStore.State state = underWay.remove(promised);
            if (state == null) {
                return; // was in a hurry
            }
            owner.post(new SimDelivery(new ElectionEvent.Watched(number, state.seen()), state, null));
        }
    }

    Watch watch(SimProcess owner, long number) {
        Watch watch = new Watch(owner, number);
        if (owner.host.requestsCut || happens(weather.requestLoss, Fault.LOST_REQUEST)) {
            watch.endOrFallSilent();
        } else {
            agenda.at(agenda.now() + latency(), watch::begin);
        }
        return watch;
    }
}
