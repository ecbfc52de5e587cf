package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.core.ScriptedLock.Answer;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.WriteResult;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a lock does that it should not is taken as the worst it can mean. */
class LockCallsTests {

    /** How a call that was carried out is answered. */
    private record Fault<T>(String name, Supplier<@Nullable CompletionStage<T>> reply) {
        Answer<T> answer() {
            return act -> {
                assertNotNull(act.get());
                return reply.get();
            };
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static <T> List<Fault<T>> unnamedFaults() {
        return List.of(
                new Fault<>("throws", () -> {
                    throw new IllegalStateException("thrown");
                }),
                new Fault<>("throws an error", () -> {
                    throw new NoClassDefFoundError("thrown");
                }),
                new Fault<>("no stage", () -> null),
                new Fault<>("no result", LockCallsTests::nullResult),
                new Fault<>(
                        "an unnamed failure",
                        () -> CompletableFuture.failedFuture(new IOException("connection reset"))),
                new Fault<>(
                        "a wrapped failure",
                        () -> CompletableFuture.failedFuture(new CompletionException(new IOException("no reply")))),
                new Fault<>("cancelled by the lock", () -> {
                    CompletableFuture<T> cancelled = new CompletableFuture<>();
                    cancelled.cancel(true);
                    return cancelled;
                }));
    }

    static List<Fault<WriteResult>> writesOfUnknownFate() {
        return unnamedFaults();
    }

    static List<Fault<Optional<LockSnapshot>>> readsThatFail() {
        return unnamedFaults();
    }

    /** I5: the write was applied, and only a read can tell: it is adopted, without a second one. */
    @ParameterizedTest
    @MethodSource("writesOfUnknownFate")
    void aWriteWithoutANamedOutcomeIsSettledByARead(Fault<WriteResult> fault) {
        Rig rig = new Rig(false, config -> {});
        rig.lock.writes.add(fault.answer());
        rig.start();
        assertTrue(rig.elector.isLeader(), () -> rig.told.lines.toString());
        assertEquals(1, rig.lock.writeCount);
        assertEquals(2, rig.lock.readCount);
        assertEquals(1, rig.told.errors.size());
        rig.close();
    }

    /** I5: nor does it end a tenure that it renewed. */
    @ParameterizedTest
    @MethodSource("writesOfUnknownFate")
    void aRenewalWithoutANamedOutcomeCostsNoTenure(Fault<WriteResult> fault) {
        Rig rig = new Rig().start();
        rig.lock.writes.add(fault.answer());
        rig.advanceSeconds(60);
        assertTrue(rig.elector.isLeader());
        assertEquals(
                1,
                rig.told.lines.stream()
                        .filter(line -> line.startsWith("started"))
                        .count());
        rig.close();
    }

    @ParameterizedTest
    @MethodSource("readsThatFail")
    void aReadThatFailsIsReportedAndTriedAgain(Fault<Optional<LockSnapshot>> fault) {
        Rig rig = new Rig(false, config -> {});
        rig.lock.reads.add(fault.answer());
        rig.start();
        assertFalse(rig.elector.isLeader());
        assertEquals(1, rig.told.errors.size(), () -> rig.told.lines.toString());
        rig.advanceSeconds(1);
        assertTrue(rig.elector.isLeader());
        rig.close();
    }

    /** Pain 8: an answer that comes after it was given up decides nothing, whatever it says. */
    @Test
    void anAnswerThatComesAfterTheDeadlineIsNotListenedTo() {
        Rig rig = new Rig().start();
        CompletableFuture<WriteResult> late = new Uncancellable<>();
        rig.lock.writes.add(act -> late);
        rig.advanceSeconds(5);
        assertTrue(rig.elector.isLeader());
        List<String> before = List.copyOf(rig.told.lines);
        late.completeExceptionally(new LockDeniedException("denied, much later"));
        rig.settle();
        rig.advanceSeconds(30);
        assertTrue(rig.elector.isLeader());
        assertEquals(before, rig.told.lines);
        rig.close();
    }

    /** A request that hangs is reported by name, and once. */
    @Test
    void aRequestThatIsNotAnsweredIsReportedAsThat() {
        Rig rig = new Rig().start();
        CompletableFuture<WriteResult> hanging = new CompletableFuture<>();
        rig.lock.writes.add(act -> hanging);
        rig.advanceSeconds(9);
        assertTrue(rig.elector.isLeader());
        assertTrue(hanging.isCancelled(), "the lock is told that nobody waits");
        assertEquals(1, rig.told.errors.size(), () -> rig.told.lines.toString());
        String message = assertInstanceOf(LockIndeterminateException.class, rig.told.errors.get(0))
                .toString();
        assertTrue(message.contains("the scripted lock") && message.contains("2500 ms"), message);
        rig.close();
    }

    /** What is given up because it is of no more use is no trouble. */
    @Test
    void aRequestThatIsGivenUpInTimeIsNotReported() {
        Rig rig = new Rig(false, config -> {});
        rig.lock.put(Rig.heldBy("b"));
        rig.start();
        CompletableFuture<Optional<LockSnapshot>> hanging = new CompletableFuture<>();
        rig.lock.reads.add(act -> hanging);
        while (rig.lock.readCount == 1) {
            rig.advanceSeconds(0.1);
        }
        rig.close();
        assertTrue(hanging.isCancelled());
        assertEquals(List.of("leader b", "closed"), rig.told.lines);
    }

    /** A stage may be answered twice by a lock that is wrong, and need not be a future. */
    @Test
    void aStageThatIsNoFutureAndAnswersTwiceIsTakenAtItsFirstWord() {
        Rig rig = new Rig();
        rig.lock.writes.add(act -> stage(act.get(), WriteResult.conflict()));
        rig.start();
        rig.advanceSeconds(30);
        assertTrue(rig.elector.isLeader());
        assertEquals(List.of(), rig.told.errors);
        rig.close();
    }

    @Test
    void aWatchThatCannotBeOpenedIsReportedAndReplacedByPollingUntilItCan() {
        Rig rig = new Rig();
        for (int i = 0; i < 4; i++) {
            rig.lock.watchFailures.add(new IllegalStateException("no watches today"));
        }
        rig.lock.put(Rig.heldBy("b"));
        rig.start();
        assertEquals(List.of("error no watches today", "leader b"), sorted(rig.told.lines));
        rig.lock.put(Rig.heldBy(""));
        rig.advanceSeconds(5);
        assertTrue(rig.elector.isLeader());
        rig.advanceSeconds(10);
        assertEquals(1, rig.lock.watches.size());
        assertEquals(1, rig.told.count("error no watches today"));
        rig.close();
    }

    /** Pain 23: a watcher that is told something after the end says nothing to anybody. */
    @Test
    void aWatchThatGoesOnAfterTheEndIsNotListenedTo() {
        Rig rig = new Rig().start();
        rig.close();
        List<String> before = List.copyOf(rig.told.lines);
        assertTrue(rig.lock.watches.get(0).closed);
        rig.lock.watches.get(0).watcher.onRecord(Optional.empty());
        rig.lock.watches.get(0).watcher.onMalformed(new MalformedRecordException("nonsense"));
        rig.lock.watches.get(0).watcher.onBroken(new LockUnavailableException("gone"));
        rig.settle();
        assertEquals(before, rig.told.lines);
        assertEquals(0, rig.time.pendingCount());
    }

    /** A note for the users of the backend is not worth a tenure. */
    @Test
    void anEventThatCannotBeRecordedCostsNoTenure() {
        Rig rig = new Rig();
        rig.lock.eventFailure = new IllegalStateException("no events today");
        rig.start();
        rig.advanceSeconds(30);
        assertTrue(rig.elector.isLeader());
        assertEquals(1, rig.told.count("error no events today"));
        rig.close();
        assertEquals(1, rig.told.count("stopped CLOSED"));
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    @SuppressWarnings("NullAway") // what the contract forbids
    private static <T> CompletionStage<T> nullResult() {
        return CompletableFuture.completedFuture(null);
    }

    /** A future that pays no heed to those who gave up. */
    private static final class Uncancellable<T> extends CompletableFuture<T> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }
    }

    /** A stage that answers at once, with both, and can be nothing else. */
    @SuppressWarnings("unchecked")
    private static CompletionStage<WriteResult> stage(WriteResult first, WriteResult second) {
        return (CompletionStage<WriteResult>) Proxy.newProxyInstance(
                LockCallsTests.class.getClassLoader(),
                new Class<?>[] {CompletionStage.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().equals("whenComplete")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    BiConsumer<Object, Object> listener = (BiConsumer<Object, Object>) arguments[0];
                    tell(listener, first);
                    tell(listener, second);
                    return proxy;
                });
    }

    @SuppressWarnings("NullAway")
    private static void tell(BiConsumer<Object, Object> listener, WriteResult result) {
        listener.accept(result, null);
    }
}
