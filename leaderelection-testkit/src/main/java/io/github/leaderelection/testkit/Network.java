package io.github.leaderelection.testkit;

import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemoryFaults;

/** The way between one process and the store, as faults of the in-memory lock. Used by the test's thread only. */
final class Network {

    /** Which way is cut; the store may be away besides. */
    private enum Cut {
        NONE,
        REQUESTS,
        REPLIES
    }

    private final InMemoryFaults faults;
    private Cut cut = Cut.NONE;
    private boolean storeAway;

    Network(InMemoryFaults faults, boolean storeAway) {
        this.faults = faults;
        this.storeAway = storeAway;
        if (storeAway) {
            faults.untilHealed(InMemoryFault.refuse());
        }
    }

    /** Nothing gets through in either direction, which shows as requests that are lost and watches that fall silent. */
    void cut() {
        cut = Cut.REPLIES;
        faults.untilHealed(InMemoryFault.loseRequest());
        faults.silenceWatches();
    }

    /** What a watch that stands tells is no request, and still arrives. */
    void cutRequests() {
        cut = cut == Cut.NONE ? Cut.REQUESTS : cut;
        faults.untilHealed(InMemoryFault.loseRequest());
    }

    void cutReplies() {
        cut = Cut.REPLIES;
        faults.untilHealed(InMemoryFault.swallowReply());
        faults.silenceWatches();
    }

    void heal() {
        cut = Cut.NONE;
        if (storeAway) {
            // Nothing is healed: watches learn now that their store has gone, and must not tell what stands there.
            faults.untilHealed(InMemoryFault.refuse());
            faults.cutWatches();
        } else {
            faults.heal();
        }
    }

    void storeGoesAway() {
        storeAway = true;
        if (cut == Cut.NONE) {
            faults.untilHealed(InMemoryFault.refuse());
        }
        if (cut != Cut.REPLIES) {
            faults.cutWatches();
        }
    }

    void storeComesBack() {
        storeAway = false;
        if (cut == Cut.NONE) {
            faults.heal();
        }
    }
}
