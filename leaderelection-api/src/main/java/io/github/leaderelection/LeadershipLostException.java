package io.github.leaderelection;

/** Thrown by {@link Leadership#checkValid()} when the tenure has ended: the caller must not act as the leader. */
public final class LeadershipLostException extends LeaderElectionException {
    private static final long serialVersionUID = 1L;

    /** A lost tenure, which {@code message} names with its token. */
    public LeadershipLostException(String message) {
        super(message);
    }
}
