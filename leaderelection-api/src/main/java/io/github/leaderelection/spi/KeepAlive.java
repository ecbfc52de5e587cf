package io.github.leaderelection.spi;

import java.time.Duration;
import java.util.Objects;

/** What became of a session that was to be kept alive. */
public sealed interface KeepAlive {

    /**
     * It is alive. If proof was asked for, it is proven that nobody but its own client ends it before its whole lease has
     * passed, on the clock of whoever would end it, since a time shortly before the call.
     *
     * @param earlier by how much that time may lie before the call; zero if the lease counts from the call itself
     */
    record Kept(Duration earlier) implements KeepAlive {
        /**
         * Checks the duration.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Kept {
            Objects.requireNonNull(earlier, "earlier");
            if (earlier.isNegative()) {
                throw new IllegalArgumentException("earlier must not be negative, but is " + earlier);
            }
        }
    }

    /** It has ended, for good. */
    record Ended() implements KeepAlive {}

    /** Alive, for its lease since the call. */
    static KeepAlive kept() {
        return new Kept(Duration.ZERO);
    }

    /** Ended. */
    static KeepAlive ended() {
        return new Ended();
    }
}
