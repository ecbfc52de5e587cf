package io.github.leaderelection.examples.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The calls of one lock: each blocks a thread of the lock, never the caller's, and has a deadline. */
final class JdbcCalls implements AutoCloseable {

    /** An elector has one read and one write under way; it may have given up as many again that still hang. */
    private static final int THREAD_COUNT_MAX = 4;

    /** How many calls may wait for a thread; what comes after them is refused. */
    private static final int WAITING_COUNT_MAX = 4;

    private static final ThreadFactory DAEMONS = task -> {
        Thread thread = new Thread(task, "leaderelection-jdbc");
        thread.setDaemon(true);
        return thread;
    };

    /** What a call does with its connection; it runs the second argument right before what may change the record. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection, Runnable pointOfNoReturn) throws SQLException;
    }

    private final JdbcLocks.Connections connections;
    private final Duration bound;
    private final JdbcErrors errors;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREAD_COUNT_MAX,
            THREAD_COUNT_MAX,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_COUNT_MAX),
            DAEMONS);
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, DAEMONS);
    private final Set<Call<?>> underWay = ConcurrentHashMap.newKeySet();

    JdbcCalls(JdbcLocks.Connections connections, Duration bound, JdbcErrors errors) {
        this.connections = connections;
        this.bound = bound;
        this.errors = errors;
        threads.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // closed: all was given up
    }

    /** Starts a call; {@code write} says what it means if no answer comes. */
    <T> CompletionStage<T> start(boolean write, Work<T> work) {
        Call<T> call = new Call<>(write, work);
        underWay.add(call);
        Future<?> deadline =
                timer.schedule(() -> call.giveUp("within " + bound), bound.toNanos(), TimeUnit.NANOSECONDS);
        try {
            threads.execute(() -> {
                call.run();
                underWay.remove(call);
                deadline.cancel(false);
            });
        } catch (RejectedExecutionException refused) {
            underWay.remove(call);
            deadline.cancel(false);
            call.result.completeExceptionally(threads.isShutdown() ? errors.closed() : errors.busy());
        }
        return call.result;
    }

    /** Fails the calls under way, and ends the threads. */
    @Override
    public void close() {
        threads.shutdown(); // from here on a call is refused, or among those under way
        timer.shutdownNow();
        underWay.forEach(call -> call.giveUp("before the lock was closed"));
        threads.shutdownNow(); // only now: what an interrupt makes of a call must not be its answer
    }

    /** One call. Its answer is given by whoever comes first: its thread, its deadline, or the end of the lock. */
    private final class Call<T> {

        private final boolean write;
        private final Work<T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private volatile @Nullable Connection connection;
        private boolean mayBeApplied; // of the thread that runs it

        Call(boolean write, Work<T> work) {
            this.write = write;
            this.work = work;
        }

        void run() {
            try (Connection opened = connections.open()) {
                connection = opened;
                if (!result.isDone()) { // else nobody waits any more, and nothing is sent
                    result.complete(work.run(opened, () -> mayBeApplied = true));
                }
            } catch (SQLException failed) {
                result.completeExceptionally(errors.of(failed, mayBeApplied));
            } catch (RuntimeException | Error named) { // a malformed record; or a bug, which leaves all open
                result.completeExceptionally(named);
            } finally {
                connection = null;
            }
        }

        /** Answers that none came, and breaks the connection, so that the thread comes back. */
        void giveUp(String when) {
            result.completeExceptionally(errors.unanswered(write, when));
            Connection open = connection;
            if (open != null) {
                try {
                    open.abort(Runnable::run);
                } catch (SQLException unable) {
                    return; // then the query timeout ends it
                }
            }
        }
    }
}
