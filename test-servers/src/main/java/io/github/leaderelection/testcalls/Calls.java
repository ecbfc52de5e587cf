package io.github.leaderelection.testcalls;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Calls of a lock, waited for with a generous bound. */
public final class Calls {

    private static final long BOUND_SECONDS = 30;

    private Calls() {}

    /** A name that no other test uses. */
    public static String freshElection() {
        return "election-" + UUID.randomUUID();
    }

    public static LeaderElectionRecord heldBy(String holder) {
        Optional<Instant> time = Optional.of(Instant.parse("2026-11-22T07:24:54.924100Z"));
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), time, time, 0);
    }

    public static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("expected an answer", failed);
        }
    }

    public static <E extends LockException> E failure(Class<E> kind, CompletionStage<?> stage) {
        ExecutionException failed = assertThrows(
                ExecutionException.class, () -> stage.toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS));
        return assertInstanceOf(kind, failed.getCause());
    }

    public static LockVersion written(CompletionStage<WriteResult> stage) {
        return assertInstanceOf(WriteResult.Written.class, answer(stage)).version();
    }

    public static Optional<LockSnapshot> read(ResourceLock lock) {
        return answer(lock.get());
    }

    /** Whether a read succeeds now. */
    public static boolean reads(ResourceLock lock) {
        try {
            lock.get().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (Exception notYet) {
            return false;
        }
    }
}
