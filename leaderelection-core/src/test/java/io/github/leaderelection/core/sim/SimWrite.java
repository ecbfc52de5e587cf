package io.github.leaderelection.core.sim;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** One write to the record, and all that nobody inside the simulation knows of it. */
final class SimWrite {

    /** Who sent it; null for an outsider, who only ever writes again what stands there. */
    final @Nullable SimProcess writer;

    final LeaderElectionRecord record;
    final SimStore.@Nullable Version expected;
    final long sentLocal;

    /** Who holds the record by it; null for an outsider's. */
    private final @Nullable SimProcess holder;

    /** The write that this one repeats, unchanged but for the successor; itself if it does not. */
    final SimWrite original;

    /** That of the candidate that is entered as the successor, or was handed over to; null if there is none. */
    final @Nullable SimWrite entry;

    /** The acquisition that began, or would begin, the tenure that this write belongs to. */
    final SimWrite root;

    /** Set once it is applied. */
    SimStore.@Nullable Version version;

    /** Counts all changes of the store, also across the loss of its data; 0 until applied. */
    long serial;

    /** When its writer knows it to have stood, at the latest: by its own clock. */
    long stoodLocal;

    /** The next four are of acquisitions. Whether a tenure has begun on it. */
    boolean began;

    /** Whom the tenure's record was shown to, by number of process. */
    final BitSet told = new BitSet();

    /** Whom it was shown to when an outsider removed it; null if none did. */
    @Nullable
    BitSet toldWhenRemoved;

    /** An outsider removed it, and then somebody who had not heard of it acquired. */
    boolean betrayed;

    /** What a write is to the tenure of the record that it is written upon. */
    enum Kind {
        ACQUIRES,
        /** Renews, releases or leaves to lapse. */
        GOES_ON,
        /** Leaves all but the successor as it is. */
        NAMES_SUCCESSOR,
        /** Begins the successor's. */
        HANDS_OVER
    }

    SimWrite(
            SimProcess writer,
            LeaderElectionRecord record,
            SimStore.@Nullable Version expected,
            long sentLocal,
            Kind kind) {
        this.writer = writer;
        this.record = record;
        this.expected = expected;
        this.sentLocal = sentLocal;
        SimWrite before = expected == null ? this : expected.write;
        boolean goesOn = before != this && (kind == Kind.GOES_ON || kind == Kind.NAMES_SUCCESSOR);
        boolean names = before != this && kind == Kind.NAMES_SUCCESSOR;
        boolean handsOver = kind == Kind.HANDS_OVER;
        root = goesOn ? before.root : this;
        original = names ? before.original : this;
        SimWrite next = handsOver ? before.entry : null;
        entry = record.successor().isPresent() ? this : next;
        holder = names ? before.original.holder : next != null ? next.writer : writer;
        stoodLocal = handsOver ? Long.MIN_VALUE : sentLocal;
    }

    /** An outsider's write of what stands there already. */
    SimWrite(SimWrite repeated) {
        writer = null;
        record = repeated.record;
        expected = null;
        sentLocal = repeated.sentLocal;
        holder = null;
        original = repeated.original;
        entry = repeated.entry;
        root = repeated.root;
    }

    /** Whether that process holds the record by it. */
    boolean isBy(SimProcess process) {
        return original.holder == process;
    }

    boolean isSentBy(SimProcess process) {
        return writer == process || original.writer == process;
    }

    /** When that was, by the clock of its sender. */
    long sentLocal(SimProcess sender) {
        return writer == sender ? sentLocal : original.sentLocal;
    }

    /** Until when it is known to its holder to have stood: since it was handed over, or at least since the holder stood by. */
    long stoodLocal() {
        return root.entry == null ? stoodLocal : Math.max(stoodLocal, root.entry.stoodLocal);
    }
}
