package io.github.leaderelection;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * The record that candidates share: who holds the election, and for how long it may be trusted without a renewal.
 *
 * <p>The times are those of the writer's wall clock. They are there to be shown; no elector compares them with its own
 * clock. They are kept to the microsecond, as Kubernetes' {@code MicroTime} keeps them.
 *
 * @param holderIdentity the holder's identity; the empty string means that nobody holds the election
 * @param leaseDuration the lease that the holder declares, zero or more; a follower waits for as long as this without
 *     seeing a renewal before it takes over
 * @param acquireTime when the holder began its tenure, if the writer said so
 * @param renewTime when the holder last renewed, if the writer said so
 * @param leaderTransitions how often the election changed hands, zero or more
 * @param session the session that holds the record for as long as it is alive; empty if the holder has to renew
 *     the record. A record that nobody holds names none
 * @param claim by what the holder knows the record for its own, if its predecessor wrote it: the claim of the
 *     {@link Successor} that it was; empty if the holder wrote it itself
 * @param successor the candidate that the holder hands over to when it ends its tenure in order; empty if none has entered
 *     itself. Only a record that is held by a session names one
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/">Lease v1</a>
 */
public record LeaderElectionRecord(
        String holderIdentity,
        Duration leaseDuration,
        Optional<Instant> acquireTime,
        Optional<Instant> renewTime,
        int leaderTransitions,
        Optional<String> session,
        Optional<String> claim,
        Optional<Successor> successor) {

    /**
     * Checks the fields and cuts both times to the microsecond.
     *
     * @throws IllegalArgumentException if the lease or the count is negative, if the session is blank or holds nothing, or if
     *     there is a claim or a successor where there is no session
     */
    public LeaderElectionRecord {
        Objects.requireNonNull(holderIdentity, "holderIdentity");
        if (leaseDuration.isNegative()) {
            throw new IllegalArgumentException("leaseDuration must not be negative, but is " + leaseDuration);
        }
        if (leaderTransitions < 0) {
            throw new IllegalArgumentException("leaderTransitions must not be negative, but is " + leaderTransitions);
        }
        if (session.isPresent() && (session.get().isBlank() || holderIdentity.isEmpty())) {
            throw new IllegalArgumentException("session must not be blank, and belongs to a holder, but is '"
                    + session.get() + "' of '" + holderIdentity + "'");
        }
        if (session.isEmpty() && (claim.isPresent() || successor.isPresent())) {
            throw new IllegalArgumentException(
                    "claim and successor belong to a session, but there is none, and they are " + claim + " and "
                            + successor);
        }
        acquireTime = acquireTime.map(time -> time.truncatedTo(ChronoUnit.MICROS));
        renewTime = renewTime.map(time -> time.truncatedTo(ChronoUnit.MICROS));
    }

    /**
     * A record that its holder wrote itself, and in which no successor has entered itself yet.
     *
     * @throws IllegalArgumentException if the lease or the count is negative, or the session is blank or holds nothing
     */
    public LeaderElectionRecord(
            String holderIdentity,
            Duration leaseDuration,
            Optional<Instant> acquireTime,
            Optional<Instant> renewTime,
            int leaderTransitions,
            Optional<String> session) {
        this(
                holderIdentity,
                leaseDuration,
                acquireTime,
                renewTime,
                leaderTransitions,
                session,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * A record that its holder has to renew: one without a session.
     *
     * @throws IllegalArgumentException if the lease or the count is negative
     */
    public LeaderElectionRecord(
            String holderIdentity,
            Duration leaseDuration,
            Optional<Instant> acquireTime,
            Optional<Instant> renewTime,
            int leaderTransitions) {
        this(holderIdentity, leaseDuration, acquireTime, renewTime, leaderTransitions, Optional.empty());
    }

    /** Whether the record names a holder. A released record names none. */
    public boolean hasHolder() {
        return !holderIdentity.isEmpty();
    }

    /**
     * This record, with another successor or with none.
     *
     * @throws IllegalArgumentException if there is one, and no session holds this record
     */
    public LeaderElectionRecord withSuccessor(Optional<Successor> next) {
        return next.equals(successor)
                ? this
                : new LeaderElectionRecord(
                        holderIdentity, leaseDuration, acquireTime, renewTime, leaderTransitions, session, claim, next);
    }
}
