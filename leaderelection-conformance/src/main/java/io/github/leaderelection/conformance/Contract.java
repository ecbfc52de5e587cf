package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts have in common: an election of its own for each test, locks that get closed, and bounded waits. */
abstract class Contract {

    private final List<ResourceLock> opened = new ArrayList<>();
    private String election = "";

    abstract LockHarness harness();

    @BeforeEach
    final void chooseElection() {
        election = freshElection();
    }

    @AfterEach
    final void closeLocks() {
        opened.forEach(ResourceLock::close);
        opened.clear();
    }

    static String freshElection() {
        return "conformance-" + UUID.randomUUID();
    }

    final String election() {
        return election;
    }

    final ResourceLock open(String identity) {
        return closedLater(harness().open(election, identity));
    }

    final ResourceLock closedLater(ResourceLock lock) {
        opened.add(lock);
        return lock;
    }

    /** All leases are whole seconds, the finest that every lock can represent. */
    static LeaderElectionRecord heldBy(String holder) {
        return heldBy(holder, 0);
    }

    static LeaderElectionRecord heldBy(String holder, int transitions) {
        Optional<Instant> time = Optional.of(Instant.parse("2026-11-22T07:24:54.924100Z"));
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), time, time, transitions);
    }

    /** A lock that cannot tell whether the request went out may say so; it may not name another cause. */
    static void assertNotDone(LockException failure) {
        assertTrue(
                failure instanceof LockUnavailableException || failure instanceof LockIndeterminateException,
                () -> "expected unavailable or indeterminate, but the write failed with " + failure);
    }

    final <T> T await(CompletionStage<T> stage) {
        try {
            return settled(stage);
        } catch (ExecutionException failed) {
            return fail("expected an answer, but the call failed", failed.getCause());
        }
    }

    /** The failure of a call that must fail with one of the exceptions of locks. */
    final LockException failure(CompletionStage<?> stage) {
        try {
            return fail("expected the call to fail, but it answered " + settled(stage));
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
                cause = wrapped.getCause();
            }
            return assertInstanceOf(LockException.class, cause, "a lock fails with its own exceptions");
        }
    }

    private <T> T settled(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(harness().patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return fail("no answer within " + harness().patience(), late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return fail("interrupted while waiting for an answer", interrupted);
        }
    }

    final Optional<LockSnapshot> read(ResourceLock lock) {
        return await(lock.get());
    }

    final LockSnapshot readPresent(ResourceLock lock) {
        return read(lock).orElseGet(() -> fail("expected a record, but read none"));
    }

    final LockVersion create(ResourceLock lock, LeaderElectionRecord record) {
        return written(lock.create(record));
    }

    final LockVersion update(ResourceLock lock, LeaderElectionRecord record, LockVersion expected) {
        return written(lock.update(record, expected));
    }

    final LockVersion written(CompletionStage<WriteResult> stage) {
        return assertInstanceOf(WriteResult.Written.class, await(stage), "what became of the write")
                .version();
    }

    final void assertConflict(CompletionStage<WriteResult> stage) {
        assertEquals(WriteResult.conflict(), await(stage), "what became of the write");
    }

    /** Waits until {@code condition} holds; asks again every few milliseconds, because there is nothing to wait on. */
    final void awaitThat(String expectation, BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > harness().patience().toNanos()) {
                fail("within " + harness().patience() + " it did not come true that " + expectation);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
