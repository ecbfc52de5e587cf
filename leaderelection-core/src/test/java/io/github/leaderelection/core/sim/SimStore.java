package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.Seen;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A linearizable store of one record with watches. Its order goes on over deletions, and starts over when data is lost. */
final class SimStore {

    /** A version of this store. */
    static final class Version implements LockVersion {
        private final long order;
        private final int incarnation;
        final SimWrite write;

        Version(long order, int incarnation, SimWrite write) {
            this.order = order;
            this.incarnation = incarnation;
            this.write = write;
        }

        @Override
        public long order() {
            return order;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Version version && version.order == order && version.incarnation == incarnation;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order) + incarnation;
        }

        @Override
        public String toString() {
            return incarnation == 0 ? "v" + order : "v" + order + "/" + incarnation;
        }
    }

    /** What stands there from one change to the next. */
    record State(long serial, Seen seen, @Nullable SimWrite write) {}

    private final boolean incarnations;
    private final List<SimNetwork.Watch> watches = new ArrayList<>();
    private State state = new State(0, new Seen.Absent(), null);
    private State backup = state;
    private long backupOrder;
    private long order;
    private int incarnation;
    private long serial;
    private boolean down;

    /** {@code incarnations} tells versions apart that carry one number because data was lost in between. */
    SimStore(boolean incarnations) {
        this.incarnations = incarnations;
    }

    State state() {
        return state;
    }

    boolean isDown() {
        return down;
    }

    void setDown(boolean isDown) {
        down = isDown;
    }

    /** Compares and sets; says whether it did. */
    boolean apply(SimWrite write) {
        if (!Objects.equals(write.expected, currentVersion()) || state.seen() instanceof Seen.Malformed) {
            return false;
        }
        put(write);
        return true;
    }

    private @Nullable Version currentVersion() {
        SimWrite current = state.write();
        return current == null ? null : current.version;
    }

    private void put(SimWrite write) {
        Version version = new Version(++order, incarnation, write);
        write.version = version;
        write.serial = ++serial;
        change(new Seen.Present(new LockSnapshot(write.record, version)), write);
    }

    /** An outsider writes again what stands there; does nothing if nothing does. */
    void touch() {
        SimWrite current = state.write();
        if (current != null) {
            put(new SimWrite(current));
        }
    }

    /** An outsider deletes the record, or makes something of it that is no record. Gives the tenure that it was of. */
    @Nullable
    SimWrite remove(boolean corrupt) {
        SimWrite current = state.write();
        SimWrite root = current == null ? null : current.root;
        if (root != null) {
            root.toldWhenRemoved = (BitSet) root.told.clone();
        }
        order++;
        serial++;
        change(corrupt ? new Seen.Malformed() : new Seen.Absent(), null);
        return root;
    }

    void backUp() {
        backup = state;
        backupOrder = order;
    }

    /** Loses all data, or all since the last backup. */
    void loseData(boolean all) {
        incarnation += incarnations ? 1 : 0;
        serial++;
        order = all ? 0 : backupOrder;
        change(all ? new Seen.Absent() : backup.seen(), all ? null : backup.write());
        backUp();
    }

    private void change(Seen seen, @Nullable SimWrite write) {
        state = new State(serial, seen, write);
        for (int i = 0; i < watches.size(); i++) {
            watches.get(i).show(state);
        }
    }

    void add(SimNetwork.Watch watch) {
        watches.add(watch);
    }

    void remove(SimNetwork.Watch watch) {
        watches.remove(watch);
    }

    /** Those who watch, as of now. */
    List<SimNetwork.Watch> watches() {
        return List.copyOf(watches);
    }
}
