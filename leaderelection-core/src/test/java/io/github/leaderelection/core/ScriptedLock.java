package io.github.leaderelection.core;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lock over one record in memory, whose next answers a test may write by hand, against the contract if it likes. */
final class ScriptedLock implements ResourceLock {

    /** How a call is answered; {@code act} does what the call asks for. */
    interface Answer<T> {
        @Nullable
        CompletionStage<T> to(Supplier<T> act);
    }

    private record Version(long order) implements LockVersion {}

    /** A watch that is open, or was. */
    static final class Watch {
        final LockWatcher watcher;
        boolean closed;

        Watch(LockWatcher watcher) {
            this.watcher = watcher;
        }
    }

    final Deque<Answer<Optional<LockSnapshot>>> reads = new ArrayDeque<>();
    final Deque<Answer<WriteResult>> writes = new ArrayDeque<>();
    final Deque<RuntimeException> watchFailures = new ArrayDeque<>();
    final List<Watch> watches = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final boolean canWatch;
    private final Optional<ScriptedSessions> sessions;
    int readCount;
    int writeCount;

    @Nullable
    Throwable eventFailure;

    private @Nullable LockSnapshot present;
    private long order;

    ScriptedLock(boolean canWatch, Optional<ScriptedSessions> sessions) {
        this.canWatch = canWatch;
        this.sessions = sessions;
    }

    @Override
    public String identity() {
        return "a";
    }

    @Override
    public String describe() {
        return "the scripted lock";
    }

    @Override
    public LockCapabilities capabilities() {
        return new LockCapabilities(canWatch, Duration.ofMillis(1), Duration.ofMillis(1), sessions.isPresent());
    }

    @Override
    public Optional<LockSessions> sessions() {
        return sessions.map(scripted -> scripted);
    }

    @Override
    @SuppressWarnings("NullAway") // locks that answer with null are what this is for
    public CompletionStage<Optional<LockSnapshot>> get() {
        readCount++;
        Answer<Optional<LockSnapshot>> scripted = reads.poll();
        return scripted == null ? done(snapshot()) : scripted.to(this::snapshot);
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        return write(() -> present == null ? put(record) : WriteResult.conflict());
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        return write(() -> {
            LockSnapshot stands = present;
            return stands != null && stands.version().equals(expected) ? put(record) : WriteResult.conflict();
        });
    }

    @SuppressWarnings("NullAway")
    private CompletionStage<WriteResult> write(Supplier<WriteResult> act) {
        writeCount++;
        Answer<WriteResult> scripted = writes.poll();
        return scripted == null ? done(act.get()) : scripted.to(act);
    }

    private static <T> CompletionStage<T> done(T result) {
        return CompletableFuture.completedFuture(result);
    }

    /** Writes, as this lock or as somebody else, and tells the watches. */
    WriteResult put(LeaderElectionRecord record) {
        Version version = new Version(++order);
        present = new LockSnapshot(record, version);
        tell();
        return WriteResult.written(version);
    }

    void delete() {
        order++;
        present = null;
        tell();
    }

    private void tell() {
        watches.stream().filter(watch -> !watch.closed).forEach(watch -> watch.watcher.onRecord(snapshot()));
    }

    Optional<LockSnapshot> snapshot() {
        return Optional.ofNullable(present);
    }

    LeaderElectionRecord record() {
        return snapshot()
                .orElseThrow(() -> new AssertionError("there is no record"))
                .record();
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        RuntimeException failure = watchFailures.poll();
        if (failure != null) {
            throw failure;
        }
        Watch watch = new Watch(watcher);
        watches.add(watch);
        watcher.onRecord(snapshot());
        return () -> watch.closed = true;
    }

    @Override
    public void recordEvent(String message) {
        events.add(message);
        if (eventFailure instanceof RuntimeException failure) {
            throw failure;
        }
        if (eventFailure instanceof Error failure) {
            throw failure;
        }
    }

    @Override
    public void close() {}
}
