package io.github.leaderelection;

/** Trouble that an election expects: a backend that is away, rights that are missing, leadership that is gone. */
public class LeaderElectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Trouble that {@code message} explains: what was expected, what came, and what to do. */
    public LeaderElectionException(String message) {
        super(message);
    }

    /** As above, with the error that lies beneath. */
    public LeaderElectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
