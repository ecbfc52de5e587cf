package io.github.leaderelection.lock.inmemory;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Records to write, and what became of the writing. */
final class Records {

    private Records() {}

    static LeaderElectionRecord heldBy(String holder) {
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0);
    }

    static LockVersion written(CompletionStage<WriteResult> stage) {
        return assertInstanceOf(WriteResult.Written.class, completed(stage)).version();
    }

    static <T> T completed(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    static <T extends Throwable> T failure(Class<T> kind, CompletionStage<?> stage) {
        CompletionException thrown = assertThrows(CompletionException.class, () -> completed(stage));
        return assertInstanceOf(kind, thrown.getCause());
    }

    static boolean isUnderWay(CompletionStage<?> stage) {
        return !stage.toCompletableFuture().isDone();
    }
}
