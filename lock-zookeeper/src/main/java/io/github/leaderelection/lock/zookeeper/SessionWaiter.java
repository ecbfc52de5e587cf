package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Somebody who waits for the end of a session: told once, unless closed before. */
final class SessionWaiter implements Subscription {

    private final Runnable onEnded;
    private final Consumer<SessionWaiter> onClose;
    private final AtomicBoolean over = new AtomicBoolean();

    SessionWaiter(Runnable onEnded, Consumer<SessionWaiter> onClose) {
        this.onEnded = onEnded;
        this.onClose = onClose;
    }

    void tell() {
        if (over.compareAndSet(false, true)) {
            onEnded.run();
        }
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            onClose.accept(this);
        }
    }
}
