package io.github.leaderelection.spi;

import java.util.Optional;

/** Told by a lock how the record changes. Calls come one after the other, on a thread of the lock, and return at once. */
public interface LockWatcher {

    /** The record as it now stands, or empty if there is none. */
    void onRecord(Optional<LockSnapshot> snapshot);

    /** What now stands there is not a record. */
    void onMalformed(MalformedRecordException error);

    /** The watch has ended and tells nothing more, for the given cause. Not called after the watch was closed. */
    void onBroken(LockException cause);
}
