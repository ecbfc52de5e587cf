package io.github.leaderelection.spi;

/** A watch that is under way. */
public interface Subscription extends AutoCloseable {

    /** Ends the watch. Returns at once; a call that is under way may still finish. Idempotent, from any thread. */
    @Override
    void close();
}
