package io.github.leaderelection.spi;

/**
 * The backend did not take the request: it was surely not applied, and may succeed later. For a read, and for a watch that
 * broke, it also stands for "no answer".
 */
public final class LockUnavailableException extends LockException {
    private static final long serialVersionUID = 1L;

    /** With a message that says what was expected, what came, and what to do. */
    public LockUnavailableException(String message) {
        super(message);
    }

    /** As above, with the error that lies beneath. */
    public LockUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
