package io.github.leaderelection.core;

import io.github.leaderelection.spi.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on a few threads, and refuses none. A task waits until a thread is free. When it has waited too long, the threads
 * are taken to be blocked, and a few more are added: so a task that blocks holds up the others for a moment at most, and ten
 * thousand that come at once do not ask for ten thousand threads. When no thread can be had, because the machine has no more
 * to give, one is asked for again and again while a task waits, unless one that is left takes it.
 */
final class ElasticThreads implements Executor {

    /** Long enough for threads that are busy and not blocked to come round, short beside any timeout of an election. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final Logger LOGGER = System.getLogger("io.github.leaderelection");

    private record Waiting(Runnable task, long sinceNanos) {}

    private final Executor source;
    private final int few;
    private final int more;
    private final TimeSource time;

    // Guarded by this. Tasks run, and threads are asked for, outside of it.
    private final Deque<Waiting> queue = new ArrayDeque<>();
    /** The threads that serve the queue, and those that were asked for. */
    private int serving;
    /** How many may. */
    private int most;
    /** A look at the queue is due. */
    private boolean looking;

    private boolean refused;

    /**
     * {@code few} threads of {@code source}, and {@code more} than are blocked. Ticks come from {@code time}, on whatever
     * thread it has for them.
     */
    ElasticThreads(Executor source, int few, int more, TimeSource time) {
        this.source = source;
        this.few = few;
        this.more = more;
        this.time = time;
        most = few;
    }

    @Override
    public void execute(Runnable task) {
        int wanted;
        synchronized (this) {
            queue.addLast(new Waiting(task, time.nanoTime()));
            wanted = enter(1);
        }
        if (!ask(wanted) || wanted == 0) {
            lookLater(); // nobody may be coming for this task
        }
    }

    /** Counts in as many threads as may serve besides those that do, up to {@code wished}. With this locked. */
    private int enter(int wished) {
        int entering = Math.min(wished, most - serving);
        serving += entering;
        return entering;
    }

    /** Asks for threads that are counted in already; false if not all could be had, and the rest are counted out again. */
    private boolean ask(int wanted) {
        for (int asked = 0; asked < wanted; asked++) {
            try {
                source.execute(this::serve);
            } catch (Throwable none) { // an OutOfMemoryError: unable to create native thread
                onRefused(wanted - asked, none);
                return false;
            }
        }
        return true;
    }

    private void onRefused(int missing, Throwable cause) {
        synchronized (this) {
            serving -= missing;
        }
        tell(cause);
    }

    /** Once, until a task runs again. */
    private void tell(Throwable refusal) {
        boolean news;
        synchronized (this) {
            news = !refused;
            refused = true;
        }
        if (news) {
            LOGGER.log(Level.ERROR, "no thread can be had for what waits for one; it is asked for again", refusal);
        }
    }

    private void serve() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable thrown) { // a bug: users' code is guarded where it is called. The others are served on.
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            }
            Thread.interrupted(); // an interrupt that a task leaves behind is not for the next one
        }
    }

    /** The next task, or null, and then the thread has left. What was added for those that are blocked stays while they are. */
    private synchronized @Nullable Runnable next() {
        refused = false;
        Waiting next = queue.pollFirst();
        if (next == null) {
            serving--;
            most = Math.max(few, Math.min(most, serving + more));
        }
        return next == null ? null : next.task();
    }

    private void lookLater() {
        synchronized (this) {
            if (looking || queue.isEmpty()) {
                return;
            }
            looking = true;
        }
        try {
            time.schedule(this::look, PATIENCE_NANOS);
        } catch (Throwable none) { // no thread for the timer either: the next task that comes sees to this one, too
            synchronized (this) {
                looking = false;
            }
            tell(none);
        }
    }

    private void look() {
        int wanted = 0;
        synchronized (this) {
            looking = false;
            Waiting first = queue.peekFirst();
            if (first != null && time.nanoTime() - first.sinceNanos() >= PATIENCE_NANOS) {
                most = Math.max(few, serving + more);
                wanted = enter(queue.size());
            }
        }
        ask(wanted);
        lookLater();
    }
}
