package io.github.leaderelection.lock.support;

import io.github.leaderelection.spi.LockDeniedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells people, in the log, that something was denied which is done on nobody's call, and so has nobody to fail: once, as it is tried
 * again and again. May be used from any thread.
 */
public final class Complaint {

    private static final System.Logger LOGGER = System.getLogger("io.github.leaderelection");

    private final AtomicBoolean made = new AtomicBoolean();

    /** Takes in what such a thing has failed with, if it has; anything but a {@link LockDeniedException} is passing trouble. */
    public void about(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof LockDeniedException && made.compareAndSet(false, true)) {
            LOGGER.log(System.Logger.Level.WARNING, String.valueOf(cause.getMessage()));
        }
    }
}
