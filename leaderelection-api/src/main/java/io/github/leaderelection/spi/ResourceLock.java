package io.github.leaderelection.spi;

import io.github.leaderelection.LeaderElectionRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One candidate's access to the shared record of one election. It stores, compares and watches; it decides nothing and
 * keeps no election state: versions are handed out by reads and writes, and handed back to writes.
 *
 * <p>No method blocks, and every method may be called from any thread, though an elector has at most one call of a kind
 * under way. A stage that the elector stops waiting for is cancelled and never waited for again: a request that was not sent
 * by then should not be sent any more. The lock must give each request a deadline of its own, so that nothing piles up. Stages
 * complete on a thread of the lock; one that is refused at once, or by {@link #close()}, on the caller's.
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
     * The sessions that records of this backend may name; empty if it has none. Constant. A lock that does not hold its own
     * records by sessions ({@link LockCapabilities#sessions()}) has them all the same, to follow those of others.
     */
    default Optional<LockSessions> sessions() {
        return Optional.empty();
    }

    /**
     * Reads the record, linearizably: the answer is no older than the call.
     *
     * @return the record and its version, or empty if there is none; fails with {@link LockUnavailableException},
     *     {@link LockDeniedException}, or {@link MalformedRecordException} if what stands there is not a record
     */
    CompletionStage<Optional<LockSnapshot>> get();

    /**
     * Reads as {@link #get()} does, without haste: a leader looks now and then whether its record stands. A client that has many
     * records may send such reads together.
     *
     * @param patience for how long the read may be put off; positive
     */
    default CompletionStage<Optional<LockSnapshot>> look(Duration patience) {
        return get();
    }

    /**
     * Writes the record if there is none; what cannot be read counts as a record.
     *
     * @throws IllegalArgumentException if the record has a holder and a lease that the backend cannot represent: none is ever
     *     rounded; or if it names a session and the backend has none
     */
    CompletionStage<WriteResult> create(LeaderElectionRecord record);

    /**
     * Writes the record if its version is {@code expected}: compare-and-set, atomically at the backend. What else the
     * backend stores beside the record (unknown fields, labels) survives.
     *
     * @throws IllegalArgumentException if {@code expected} is not a version of this kind of lock, or as {@link #create}
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

    /**
     * Frees what the lock holds. Calls under way fail: a read as unavailable, a write as indeterminate unless it surely was not
     * sent. Idempotent. Does not touch the record.
     */
    @Override
    void close();
}
