package io.github.leaderelection.lock.support;

import io.github.leaderelection.LeaderElectionRecord;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The document that a leader will write upon when it hands over, decoded before that: reading it takes a third of a millisecond
 * in a process that has not done so for long, and everybody waits meanwhile. Kept for one version at a time, and only by the holder of
 * a record that names a successor, since a client may lead thousands of elections that nobody waits for. May be used from any thread.
 */
public final class PreparedLease {

    private record Kept(Object source, DecodedLease lease) {}

    private final String leader;
    private volatile @Nullable Kept kept;

    /** For the candidate of that identity. */
    public PreparedLease(String identity) {
        leader = identity;
    }

    /**
     * A document was decoded.
     *
     * @param source what it was decoded from; compared by identity
     */
    public void note(Object source, DecodedLease lease) {
        LeaderElectionRecord record = lease.record();
        boolean toKeep =
                record.successor().isPresent() && record.holderIdentity().equals(leader);
        if (toKeep || kept != null) {
            kept = toKeep ? new Kept(source, lease) : null;
        }
    }

    /** What was decoded from that source, if it was kept; else what {@code decoding} makes of it. */
    public DecodedLease of(Object source, Supplier<DecodedLease> decoding) {
        Kept last = kept;
        return last != null && last.source() == source ? last.lease() : decoding.get();
    }
}
