package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Somebody who follows a session to its end: told once, unless closed before. */
final class SessionFollower implements Subscription {

    private final Runnable onEnded;
    private final Consumer<SessionFollower> onClose;
    private final AtomicBoolean over = new AtomicBoolean();

    SessionFollower(Runnable onEnded, Consumer<SessionFollower> onClose) {
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
