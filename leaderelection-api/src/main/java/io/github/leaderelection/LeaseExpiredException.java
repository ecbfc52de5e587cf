package io.github.leaderelection;

/**
 * Thrown by {@link LeaderElector#check(java.time.Duration)} and {@link HealthzAdaptor#check()}: the process held the
 * lease, could not renew it for longer than tolerated, and its leader's work has still not ended; or the elector failed
 * for good. A process in this state is best restarted.
 */
public final class LeaseExpiredException extends LeaderElectionException {
    private static final long serialVersionUID = 1L;

    /** An unhealthy elector, which {@code message} names. */
    public LeaseExpiredException(String message) {
        super(message);
    }

    /** An unhealthy elector, and the error that made it fail. */
    public LeaseExpiredException(String message, Throwable cause) {
        super(message, cause);
    }
}
