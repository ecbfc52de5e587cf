package io.github.leaderelection.core.machine;

/** A bug of the machine, or a use of it that it forbids. The runtime ends leadership and closes the elector. */
public final class InvariantBrokenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    InvariantBrokenException(String message) {
        super(message);
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new InvariantBrokenException(message);
        }
    }
}
