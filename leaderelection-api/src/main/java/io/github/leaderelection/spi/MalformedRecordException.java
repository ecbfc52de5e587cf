package io.github.leaderelection.spi;

/**
 * What stands where the record should be is not a record of an election. It is reported, and never overwritten.
 */
public final class MalformedRecordException extends LockException {
    private static final long serialVersionUID = 1L;

    /** With a message that says what was expected, what came, and what to do. */
    public MalformedRecordException(String message) {
        super(message);
    }

    /** As above, with the error that lies beneath. */
    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
