package io.github.leaderelection.spi;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One candidate's access to the shared record of one election. It stores, compares and watches; it decides nothing and
 * keeps no election state: versions are handed out by reads and writes, and handed back to writes.
 *
 * <p>No method blocks, and every method may be called from any thread, though an elector has at most one call of a kind
 * under way. A stage that the elector stops waiting for is never waited for again; the lock need not abandon the request,
 * but must give it a deadline of its own so that nothing piles up. Stages complete on a thread of the lock.
 *
 * <p>Outcomes of a write, each with a name:
 * <ul>
 *   <li>{@link WriteResult.Written}: applied; here is its version;
 *   <li>{@link WriteResult.Conflict}: not applied, because the record was not what the caller expected;
 *   <li>{@link LockUnavailableException}, {@link LockDeniedException}: surely not applied;
 *   <li>{@link LockIndeterminateException}, and any other failure: may have been applied, or may be yet.
 * </ul>
 * A lock never retries a write by itself, because a repeated write that was applied the first time looks like a conflict.
 */
public interface ResourceLock extends AutoCloseable {

    /** The identity of the candidate; not empty. */
    String identity();

    /** The name of the election and where its record is, for messages; without secrets. */
    String describe();

    /** What this lock can do. Constant. */
    LockCapabilities capabilities();

    /**
     * Reads the record, linearizably: the answer is no older than the call.
     *
     * @return the record and its version, or empty if there is none; fails with {@link LockUnavailableException},
     *     {@link LockDeniedException}, or {@link MalformedRecordException} if what stands there is not a record
     */
    CompletionStage<Optional<LockSnapshot>> get();

    /** Writes the record if there is none; what cannot be read counts as a record. */
    CompletionStage<WriteResult> create(LeaderElectionRecord record);

    /**
     * Writes the record if its version is {@code expected}: compare-and-set, atomically at the backend. What else the
     * backend stores beside the record (unknown fields, labels) survives.
     *
     * @throws IllegalArgumentException if {@code expected} is not a version of this kind of lock
     */
    CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected);

    /**
     * Observes the record. {@code watcher} is told the state at the beginning, and then every change in order; states
     * between may be left out, the last one never. After a gap the lock reads the record again and tells the watcher. When
     * it cannot go on it says so, once, with {@link LockWatcher#onBroken}; nothing follows that.
     *
     * @throws UnsupportedOperationException if {@link LockCapabilities#watch()} is false
     */
    Subscription watch(LockWatcher watcher);

    /** Notes a message about the election where users of the backend look for such; does nothing where there is no such
     * place. Never fails. */
    default void recordEvent(String message) {}

    /** Frees what the lock holds. Calls under way fail. Idempotent. Does not touch the record. */
    @Override
    void close();
}
