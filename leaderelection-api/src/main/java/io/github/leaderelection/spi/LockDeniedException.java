package io.github.leaderelection.spi;

/**
 * The backend refused the request for want of rights, for wrong credentials, or because it is too old to know it: the request was
 * surely not applied, and will not succeed until somebody changes something.
 */
public final class LockDeniedException extends LockException {
    private static final long serialVersionUID = 1L;

    /** With a message that says what was expected, what came, and what to do. */
    public LockDeniedException(String message) {
        super(message);
    }

    /** As above, with the error that lies beneath. */
    public LockDeniedException(String message, Throwable cause) {
        super(message, cause);
    }
}
