package io.github.leaderelection.lock.inmemory;

import static io.github.leaderelection.lock.inmemory.Records.completed;
import static io.github.leaderelection.lock.inmemory.Records.failure;
import static io.github.leaderelection.lock.inmemory.Records.heldBy;
import static io.github.leaderelection.lock.inmemory.Records.isUnderWay;
import static io.github.leaderelection.lock.inmemory.Records.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class InMemoryFaultsTests {

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);
    private final ResourceLock lock = space.lock("election", "a");
    private final InMemoryFaults faults = space.faults("a");

    @Test
    void aRefusedRequestIsNotApplied() {
        faults.next(1, InMemoryFault.refuse());
        failure(LockUnavailableException.class, lock.create(heldBy("a")));
        assertEquals(Optional.empty(), space.record("election"));
        written(lock.create(heldBy("a")));
    }

    @Test
    void aDeniedRequestIsNotApplied() {
        faults.untilHealed(InMemoryFault.deny());
        failure(LockDeniedException.class, lock.create(heldBy("a")));
        failure(LockDeniedException.class, lock.get());
        assertEquals(Optional.empty(), space.record("election"));
        faults.heal();
        written(lock.create(heldBy("a")));
    }

    @Test
    void onlyTheIdentityThatWasNamedIsHit() {
        faults.untilHealed(InMemoryFault.refuse());
        failure(LockUnavailableException.class, space.lock("another", "a").get());
        completed(space.lock("election", "b").get());
    }

    /** Pain 4: reads work and writes fail. */
    @Test
    void aFaultMayHitWritesAndSpareReads() {
        faults.untilHealed(InMemoryFault.refuse().onWrites());
        completed(lock.get());
        failure(LockUnavailableException.class, lock.create(heldBy("a")));
        faults.heal();
        faults.untilHealed(InMemoryFault.refuse().onReads());
        failure(LockUnavailableException.class, lock.get());
        written(lock.create(heldBy("a")));
    }

    @Test
    void countedFaultsComeOneAfterTheOtherAndBeforeLastingOnes() {
        faults.untilHealed(InMemoryFault.loseReply());
        faults.untilHealed(InMemoryFault.deny());
        faults.next(2, InMemoryFault.refuse());
        faults.next(1, InMemoryFault.deny().onWrites());
        failure(LockUnavailableException.class, lock.get());
        failure(LockUnavailableException.class, lock.create(heldBy("a")));
        failure(LockDeniedException.class, lock.create(heldBy("a")));
        failure(LockDeniedException.class, lock.get());
    }

    @Test
    void aDelayedRequestArrivesAfterHalfTheDelayAndTheReplyAfterAllOfIt() {
        faults.next(1, InMemoryFault.delay(Duration.ofSeconds(3)));
        CompletionStage<WriteResult> stage = lock.create(heldBy("a"));
        time.advance(Duration.ofMillis(1499));
        assertEquals(Optional.empty(), space.record("election"));
        time.advance(Duration.ofMillis(1));
        assertEquals(Optional.of(heldBy("a")), space.record("election"));
        time.advance(Duration.ofMillis(1499));
        assertTrue(isUnderWay(stage));
        time.advance(Duration.ofMillis(1));
        written(stage);
    }

    @Test
    void aDelayedReadTellsWhatStoodThereWhenItArrived() {
        faults.untilHealed(InMemoryFault.delay(Duration.ofSeconds(2)));
        var early = lock.get();
        time.advance(Duration.ofSeconds(1));
        space.corrupt("election");
        var late = lock.get();
        time.advance(Duration.ofSeconds(2));
        assertEquals(Optional.empty(), completed(early));
        failure(MalformedRecordException.class, late);
    }

    @Test
    void aDelayRunsOnTheSystemClockUnlessTheSpaceHasAnother() {
        InMemorySpace real = new InMemorySpace();
        real.faults("a").next(1, InMemoryFault.delay(Duration.ofMillis(20)));
        long sentNanos = System.nanoTime();
        written(real.lock("election", "a").create(heldBy("a")));
        assertTrue(System.nanoTime() - sentNanos >= Duration.ofMillis(20).toNanos());
    }

    @Test
    void aLostRequestIsNeverAppliedAndNeverAnswered() {
        faults.next(1, InMemoryFault.loseRequest());
        CompletionStage<WriteResult> stage = lock.create(heldBy("a"));
        faults.heal();
        time.advance(Duration.ofDays(1));
        assertTrue(isUnderWay(stage));
        assertEquals(Optional.empty(), space.record("election"));
    }

    @Test
    void aLostReplyLeavesTheCallerWithoutKnowingThatTheWriteWasApplied() {
        faults.next(2, InMemoryFault.loseReply());
        failure(LockIndeterminateException.class, lock.create(heldBy("a")));
        failure(LockUnavailableException.class, lock.get());
        assertEquals(Optional.of(heldBy("a")), space.record("election"));
    }

    @Test
    void aSwallowedReplyNeverComesThoughTheWriteWasApplied() {
        faults.next(1, InMemoryFault.swallowReply());
        CompletionStage<WriteResult> stage = lock.create(heldBy("a"));
        time.advance(Duration.ofDays(1));
        assertTrue(isUnderWay(stage));
        assertEquals(Optional.of(heldBy("a")), space.record("election"));
    }

    @Test
    void closingFailsWhatIsUnderWayButARequestOnItsWayStillArrives() {
        faults.next(1, InMemoryFault.loseRequest().onReads());
        faults.next(1, InMemoryFault.swallowReply().onWrites());
        faults.next(1, InMemoryFault.delay(Duration.ofSeconds(2)).onWrites());
        var read = lock.get();
        var swallowed = lock.create(heldBy("a"));
        space.delete("election");
        var delayed = lock.create(heldBy("late"));
        lock.close();
        failure(LockUnavailableException.class, read);
        failure(LockIndeterminateException.class, swallowed);
        failure(LockIndeterminateException.class, delayed);
        time.advance(Duration.ofSeconds(2));
        assertEquals(Optional.of(heldBy("late")), space.record("election"));
        assertEquals(0, time.pendingCount());
    }

    @Test
    void aCutWatchBreaksOnceAndAnotherCanBeOpened() {
        RecordingWatcher watcher = new RecordingWatcher();
        RecordingWatcher spared = new RecordingWatcher();
        lock.watch(watcher);
        space.lock("election", "b").watch(spared);
        faults.cutWatches();
        faults.cutWatches();
        space.put("election", heldBy("b"));
        assertEquals(List.of("none", "broken LockUnavailableException"), watcher.told);
        assertEquals(List.of("none", "b"), spared.told);
        RecordingWatcher next = new RecordingWatcher();
        lock.watch(next);
        assertEquals(List.of("b"), next.told);
    }

    @Test
    void aSilencedWatchTellsThePresentStateWhenItIsHealed() {
        RecordingWatcher watcher = new RecordingWatcher();
        RecordingWatcher openedLater = new RecordingWatcher();
        lock.watch(watcher);
        faults.silenceWatches();
        lock.watch(openedLater);
        space.put("election", heldBy("b"));
        space.put("election", heldBy("c"));
        assertEquals(List.of("none"), watcher.told);
        assertEquals(List.of(), openedLater.told);
        faults.heal();
        space.put("election", heldBy("d"));
        assertEquals(List.of("none", "c", "d"), watcher.told);
        assertEquals(List.of("c", "d"), openedLater.told);
    }

    @Test
    void aSilencedWatchCanStillBeCut() {
        RecordingWatcher watcher = new RecordingWatcher();
        lock.watch(watcher);
        faults.silenceWatches();
        faults.cutWatches();
        faults.heal();
        assertEquals(List.of("none", "broken LockUnavailableException"), watcher.told);
    }

    @Test
    void aWatchOpenedDuringARefusalOrADenialBreaksAtOnce() {
        RecordingWatcher watcher = new RecordingWatcher();
        faults.next(1, InMemoryFault.refuse());
        faults.next(1, InMemoryFault.deny().onWatches());
        lock.watch(watcher).close();
        lock.watch(watcher).close();
        lock.watch(watcher);
        assertEquals(List.of("broken LockUnavailableException", "broken LockDeniedException", "none"), watcher.told);
    }

    @Test
    void aWatchWhoseRequestIsLostIsSilentUntilHealed() {
        RecordingWatcher watcher = new RecordingWatcher();
        faults.untilHealed(InMemoryFault.loseRequest());
        lock.watch(watcher);
        space.put("election", heldBy("b"));
        assertEquals(List.of(), watcher.told);
        faults.heal();
        assertEquals(List.of("b"), watcher.told);
    }

    @Test
    void requestsAreCountedWhateverBecomesOfThem() {
        faults.next(1, InMemoryFault.refuse());
        faults.next(1, InMemoryFault.loseRequest());
        lock.get();
        lock.get();
        assertEquals(2, space.readCount());
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> InMemoryFault.delay(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> faults.next(0, InMemoryFault.refuse()));
        InMemoryFault delay = InMemoryFault.delay(Duration.ofSeconds(1));
        assertThrows(IllegalStateException.class, delay::onWatches);
        assertFalse(delay.toString().isEmpty());
    }
}
