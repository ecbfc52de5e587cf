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

    /** The write that this one repeats unchanged; itself if it is not an outsider's. */
    final SimWrite original;

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

    SimWrite(
            SimProcess writer,
            LeaderElectionRecord record,
            SimStore.@Nullable Version expected,
            long sentLocal,
            boolean acquires) {
        this.writer = writer;
        this.record = record;
        this.expected = expected;
        this.sentLocal = sentLocal;
        stoodLocal = sentLocal;
        original = this;
        root = acquires || expected == null ? this : expected.write.root;
    }

    /** An outsider's write of what stands there already. */
    SimWrite(SimWrite repeated) {
        writer = null;
        record = repeated.record;
        expected = null;
        sentLocal = repeated.sentLocal;
        original = repeated.original;
        root = repeated.root;
    }

    boolean isBy(SimProcess process) {
        return original.writer == process;
    }
}
