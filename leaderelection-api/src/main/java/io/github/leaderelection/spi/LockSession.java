package io.github.leaderelection.spi;

import java.util.concurrent.CompletionStage;

/** A session of this client, see {@link LockSessions}. */
public interface LockSession {

    /** What records name; not blank. */
    String id();

    /**
     * Keeps the session alive. The caller leaves no more time than a third of the lease between two calls.
     *
     * @param proof whether the answer has to come from where it cannot be outdated. Without it, any answer will do: a server
     *     that was cut off from the others, and does not know yet, may say that the session lives on, or nobody is asked at all
     * @return what became of it; fails with a {@link LockException} if that is not known
     */
    CompletionStage<KeepAlive> keepAlive(boolean proof);

    /**
     * Ends the session; whatever it held is free. Done if it has ended before.
     *
     * @return completes when the end is certain; fails with a {@link LockException} if it is not
     */
    CompletionStage<Void> end();
}
