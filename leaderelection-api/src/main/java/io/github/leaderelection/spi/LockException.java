package io.github.leaderelection.spi;

import io.github.leaderelection.LeaderElectionException;

/** What a lock fails with: one of the four kinds below it. */
public abstract sealed class LockException extends LeaderElectionException
        permits LockUnavailableException, LockDeniedException, LockIndeterminateException, MalformedRecordException {
    private static final long serialVersionUID = 1L;

    LockException(String message) {
        super(message);
    }

    LockException(String message, Throwable cause) {
        super(message, cause);
    }
}
