package io.github.leaderelection.core;

import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.core.machine.Seen;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries calls to a lock, and its answers back as events. What a lock does that it should not (throw at once, answer with
 * null, fail with something unnamed) is taken as the worst it can mean. Its methods are called by the loop only.
 */
final class LockCalls {

    /** Who is told, on any thread; a trouble comes before its event. */
    interface Listener {
        void post(ElectionEvent event);

        void trouble(Source source, Throwable trouble);
    }

    private final ResourceLock lock;
    private final MachineSettings settings;
    private final Listener listener;
    private @Nullable UnderWay underWay;
    private @Nullable Subscription watch;

    /** A call that is waited for. */
    private static final class UnderWay {
        private final Source kind;
        private volatile boolean abandoned; // set by the loop, read by whoever answers
        private volatile @Nullable Future<?> future; // until it is answered: the answer is not kept for this

        UnderWay(Source kind) {
            this.kind = kind;
        }
    }

    LockCalls(ResourceLock lock, MachineSettings settings, Listener listener) {
        this.lock = lock;
        this.settings = settings;
        this.listener = listener;
    }

    void read(ElectionAction.Read read) {
        long call = read.call();
        send(Source.READ, () -> ask(read.patienceNanos()), (snapshot, failure) -> {
            if (failure == null && snapshot != null) {
                listener.post(new ElectionEvent.ReadAnswered(call, seen(snapshot)));
            } else if (failure instanceof MalformedRecordException) {
                listener.trouble(Source.READ, failure);
                listener.post(new ElectionEvent.ReadAnswered(call, new Seen.Malformed()));
            } else {
                listener.trouble(Source.READ, failure == null ? nullAnswer() : failure);
                listener.post(new ElectionEvent.ReadFailed(call, failure instanceof LockDeniedException));
            }
        });
    }

    private CompletionStage<Optional<LockSnapshot>> ask(long patienceNanos) {
        return patienceNanos > 0 ? lock.look(Duration.ofNanos(patienceNanos)) : lock.get();
    }

    void create(ElectionAction.Create create) {
        send(
                Source.WRITE,
                () -> lock.create(create.record()),
                (result, failure) -> written(create.call(), result, failure));
    }

    void update(ElectionAction.Update update) {
        send(
                Source.WRITE,
                () -> lock.update(update.record(), update.expected()),
                (result, failure) -> written(update.call(), result, failure));
    }

    private void written(long call, @Nullable WriteResult result, @Nullable Throwable failure) {
        if (failure == null && result instanceof WriteResult.Written written) {
            listener.post(new ElectionEvent.WriteApplied(call, written.version()));
            return;
        }
        if (failure == null && result instanceof WriteResult.Conflict) {
            listener.post(new ElectionEvent.WriteConflicted(call));
            return;
        }
        listener.trouble(Source.WRITE, failure == null ? nullAnswer() : failure);
        boolean denied = failure instanceof LockDeniedException;
        boolean refused = denied || failure instanceof LockUnavailableException;
        listener.post(refused ? new ElectionEvent.WriteRefused(call, denied) : new ElectionEvent.WriteUnknown(call));
    }

    private Throwable nullAnswer() {
        return new IllegalStateException(lock.describe() + " answered with null: the lock breaks its contract");
    }

    private interface Answer<T> {
        void take(@Nullable T result, @Nullable Throwable failure);
    }

    private <T> void send(Source kind, Supplier<CompletionStage<T>> call, Answer<T> answer) {
        UnderWay sent = new UnderWay(kind);
        underWay = sent;
        try {
            CompletionStage<T> stage = call.get();
            if (stage == null) {
                answer.take(null, nullAnswer());
                return;
            }
            sent.future = cancellable(stage);
            stage.whenComplete((result, failure) -> {
                sent.future = null;
                if (!sent.abandoned) {
                    answer.take(result, unwrap(failure));
                }
            });
        } catch (Throwable thrown) { // a missing class, say: the call is over all the same
            answer.take(null, thrown);
        }
    }

    private static @Nullable Future<?> cancellable(CompletionStage<?> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException none) {
            return null; // as the contract of a stage allows; there is just nobody to tell
        }
    }

    private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Stops waiting for the call under way, and tells the lock so; says so aloud if its answer was overdue. */
    void abandon(boolean overdue) {
        UnderWay given = underWay;
        if (given == null) {
            return;
        }
        underWay = null;
        given.abandoned = true;
        Future<?> awaited = given.future;
        if (awaited != null) {
            awaited.cancel(false);
        }
        if (overdue) {
            listener.trouble(given.kind, unanswered(given.kind));
        }
    }

    private Throwable unanswered(Source kind) {
        long bound = TimeUnit.NANOSECONDS.toMillis(settings.callNanos());
        return kind == Source.WRITE
                ? new LockIndeterminateException(lock.describe() + " did not answer a write within " + bound
                        + " ms; it may have been applied, and a read will tell")
                : new LockUnavailableException(
                        lock.describe() + " did not answer a read within " + bound + " ms; it is read again");
    }

    void openWatch(long number) {
        try {
            watch = lock.watch(new LockWatcher() {
                @Override
                public void onRecord(Optional<LockSnapshot> snapshot) {
                    listener.post(new ElectionEvent.Watched(number, seen(snapshot)));
                }

                @Override
                public void onMalformed(MalformedRecordException error) {
                    listener.trouble(Source.WATCH, error);
                    listener.post(new ElectionEvent.Watched(number, new Seen.Malformed()));
                }

                @Override
                public void onBroken(LockException cause) {
                    listener.trouble(Source.WATCH, cause);
                    listener.post(new ElectionEvent.WatchBroken(number));
                }
            });
        } catch (Throwable thrown) { // as above
            listener.trouble(Source.WATCH, thrown);
            listener.post(new ElectionEvent.WatchBroken(number));
        }
    }

    void closeWatch() {
        Subscription open = watch;
        watch = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (Throwable thrown) { // what it tells from here on is not listened to
            listener.trouble(Source.WATCH, thrown);
        }
    }

    void recordEvent(String message) {
        try {
            lock.recordEvent(message);
        } catch (Throwable thrown) { // a note that is not taken ends no tenure
            listener.trouble(Source.EVENT, thrown);
        }
    }

    private static Seen seen(Optional<LockSnapshot> snapshot) {
        return snapshot.<Seen>map(Seen.Present::new).orElseGet(Seen.Absent::new);
    }
}
