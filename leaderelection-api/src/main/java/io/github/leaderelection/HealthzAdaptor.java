package io.github.leaderelection;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ties the health of an elector to a liveness probe. Give it to {@link LeaderElectionConfig.Builder#watchDog} and ask
 * {@link #check()}, or serve it with {@link HealthzHandler}. May be used from any thread.
 */
public final class HealthzAdaptor {

    private final Duration timeout;
    private volatile @Nullable LeaderElector elector;

    /**
     * An adaptor without an elector, which is healthy.
     *
     * @param timeout for how long after the lease ran out the leader's work may still be ending; zero or more
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public HealthzAdaptor(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative, but is " + timeout);
        }
        this.timeout = timeout;
    }

    /** The name of this check, {@code leaderElection}. */
    public String name() {
        return "leaderElection";
    }

    /** Says whose health is asked for. Electors made with this adaptor as their watch dog call it themselves. */
    public void setLeaderElection(LeaderElector elector) {
        this.elector = Objects.requireNonNull(elector, "elector");
    }

    /**
     * Does nothing while the elector is healthy, or while there is none.
     *
     * @throws LeaseExpiredException as {@link LeaderElector#check(Duration)}
     */
    public void check() {
        LeaderElector current = elector;
        if (current != null) {
            current.check(timeout);
        }
    }
}
