package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.Subscription;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * One watch: a queue of what is yet to be told. What is queued under the monitor of the store is in the order of the
 * writes; it is told outside of every monitor, by one thread at a time.
 */
final class InMemoryWatch implements Subscription {

    private static final System.Logger LOGGER = System.getLogger(InMemoryWatch.class.getName());

    /** With a watcher so slow that this many states wait, the oldest are left out, as the contract of a watch allows. */
    private static final int PENDING_COUNT_MAX = 1024;

    private final InMemoryLock owner;
    private final LockWatcher watcher;
    private final Consumer<InMemoryWatch> onEnd;

    /** This and all below guarded by this object's monitor. */
    private final Deque<Consumer<LockWatcher>> pending = new ArrayDeque<>();

    private boolean silent;
    private boolean ended;
    private boolean telling;

    InMemoryWatch(InMemoryLock owner, LockWatcher watcher, boolean silent, Consumer<InMemoryWatch> onEnd) {
        this.owner = owner;
        this.watcher = watcher;
        this.silent = silent;
        this.onEnd = onEnd;
    }

    InMemoryLock owner() {
        return owner;
    }

    synchronized void offer(Consumer<LockWatcher> state) {
        if (ended || silent) {
            return;
        }
        if (pending.size() == PENDING_COUNT_MAX) {
            pending.removeFirst();
        }
        pending.addLast(state);
    }

    synchronized void silence() {
        silent = true;
    }

    /** Ends the silence, and says whether there was one. */
    synchronized boolean resume() {
        boolean wasSilent = silent;
        silent = false;
        return wasSilent;
    }

    /** Queues the end of the watch: what was queued before is told, then the cause, then nothing. */
    void breakWith(LockException cause) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            pending.addLast(watching -> watching.onBroken(cause));
        }
        onEnd.accept(this);
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            pending.clear();
        }
        onEnd.accept(this);
    }

    /** Tells what is queued, unless another thread, or a caller further up on this one, is at it. */
    void deliver() {
        synchronized (this) {
            if (telling) {
                return;
            }
            telling = true;
        }
        while (true) {
            Consumer<LockWatcher> next;
            synchronized (this) {
                next = pending.pollFirst();
                if (next == null) {
                    telling = false;
                    return;
                }
            }
            tell(next);
        }
    }

    /** The thread belongs to whoever wrote, who must not pay for what somebody else's watcher throws. */
    private void tell(Consumer<LockWatcher> next) {
        try {
            next.accept(watcher);
        } catch (Throwable thrown) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "a watcher of " + owner.describe() + " threw; it is told what comes next all the same",
                    thrown);
        }
    }
}
