package io.github.leaderelection.spi;

/**
 * The fate of a write is unknown: it may have been applied, or may be applied yet. Only a read can tell.
 */
public final class LockIndeterminateException extends LockException {
    private static final long serialVersionUID = 1L;

    /** With a message that says what was expected, what came, and what to do. */
    public LockIndeterminateException(String message) {
        super(message);
    }

    /** As above, with the error that lies beneath. */
    public LockIndeterminateException(String message, Throwable cause) {
        super(message, cause);
    }
}
