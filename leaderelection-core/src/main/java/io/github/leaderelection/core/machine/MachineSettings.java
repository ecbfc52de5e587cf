package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionConfig;

/**
 * What the machine goes by, in nanoseconds.
 *
 * @param identity the identity written into the record
 * @param leaseNanos the lease written into the record
 * @param renewNanos for how long after a successful write was sent the leader leads on
 * @param retryNanos how often the leader renews, and the longest pause between tries
 * @param drainNanos for how long the end of a tenure waits for the work
 * @param releaseOnCancel whether closing releases the record
 * @param canWatch whether the lock can watch
 * @param sessions whether the record is held by a session of our client; else it is renewed
 * @param leaderWatches whether a leader that renews its record keeps its watch open
 * @param firstRenewalNanos how long after the write that began a tenure its first renewal is sent, at most the retry period:
 *     drawn for each elector, or those of elections that were won together would all renew together ever after
 */
public record MachineSettings(
        String identity,
        long leaseNanos,
        long renewNanos,
        long retryNanos,
        long drainNanos,
        boolean releaseOnCancel,
        boolean canWatch,
        boolean sessions,
        boolean leaderWatches,
        long firstRenewalNanos) {

    /** With a watch that a leader keeps open, and the first renewal after a whole retry period. */
    public MachineSettings(
            String identity,
            long leaseNanos,
            long renewNanos,
            long retryNanos,
            long drainNanos,
            boolean releaseOnCancel,
            boolean canWatch,
            boolean sessions) {
        this(
                identity,
                leaseNanos,
                renewNanos,
                retryNanos,
                drainNanos,
                releaseOnCancel,
                canWatch,
                sessions,
                true,
                retryNanos);
    }

    /**
     * For how many leases a record that a session holds may go unseen while no watch shows a change: nothing is to be shown while
     * its leader leads on, and a watch may be silent.
     */
    static final int UNSEEN_LEASES = 4;

    /**
     * For how long a leader by session leads on without having seen its record stand. It looks a renew deadline sooner. An
     * outsider may delete the record, and whoever waits that out waits for as many leases.
     */
    long unseenNanos() {
        return (UNSEEN_LEASES + 1) * renewNanos;
    }

    /**
     * How long a write, and any call of a leader or of one that releases, may take: a quarter of the renew deadline, so that a request that hangs (on one frozen server of
     * several, say) leaves time for three more.
     */
    public long callNanos() {
        return renewNanos / 4;
    }

    /** For how long a look may be put off, before it takes its time as any call. */
    long patienceNanos() {
        return callNanos();
    }

    /** How long a candidate that stepped down holds back: the longest pause of a candidate that polls. */
    long yieldNanos() {
        return (long) (retryNanos * (1 + LeaderElectionConfig.JITTER_FACTOR));
    }

    /** How long before its end a tenure that is held by a session asks for a newer proof that the session is alive. */
    long askNanos() {
        return renewNanos / 4;
    }

    /** Out of which a candidate draws its pause before it enters itself as the successor, unless others are shown that too late. */
    long entryNanos() {
        return retryNanos / 16;
    }

    /** The longest that a candidate holds back because others are quicker time and again. */
    long staggerNanos() {
        return retryNanos;
    }
}
