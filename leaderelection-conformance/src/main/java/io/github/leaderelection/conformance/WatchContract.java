package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A watch tells the state at the beginning and every change in order; it may leave out all but the last. */
abstract class WatchContract extends Contract {

    private static final int BURST = 200;

    private ResourceLock openWatching(String identity) {
        ResourceLock lock = open(identity);
        assumeTrue(lock.capabilities().watch(), "this lock declares that it cannot watch");
        return lock;
    }

    private static RecordingWatcher watch(ResourceLock lock) {
        RecordingWatcher watcher = new RecordingWatcher();
        lock.watch(watcher);
        return watcher;
    }

    private void awaitState(RecordingWatcher watcher, Optional<LockSnapshot> state) {
        awaitThat(watcher + " is told last of " + state, () -> watcher.last().equals(Optional.of(state)));
    }

    private void awaitWritten(RecordingWatcher watcher, LeaderElectionRecord record, LockVersion version) {
        awaitState(watcher, Optional.of(new LockSnapshot(record, version)));
    }

    @Test
    final void aWatchIsOfferedExactlyIfTheCapabilitySaysSo() {
        ResourceLock lock = open("a");
        if (lock.capabilities().watch()) {
            lock.watch(new RecordingWatcher()).close();
        } else {
            assertThrows(UnsupportedOperationException.class, () -> lock.watch(new RecordingWatcher()));
        }
    }

    @Test
    final void aWatchFirstTellsThatThereIsNoRecord() {
        awaitState(watch(openWatching("a")), Optional.empty());
    }

    @Test
    final void aWatchFirstTellsTheRecordThatIsThere() {
        LockVersion version = create(open("a"), heldBy("a"));
        awaitWritten(watch(openWatching("b")), heldBy("a"), version);
    }

    @Test
    final void aCreationAndAnUpdateAreTold() {
        RecordingWatcher watcher = watch(openWatching("b"));
        awaitState(watcher, Optional.empty());
        ResourceLock writer = open("a");
        LockVersion created = create(writer, heldBy("a"));
        awaitWritten(watcher, heldBy("a"), created);
        awaitWritten(watcher, heldBy("a", 1), update(writer, heldBy("a", 1), created));
        assertEquals(List.of(), watcher.breaches());
    }

    @Test
    final void aVersionThatWasToldCanBeReplaced() {
        create(open("a"), heldBy("a"));
        ResourceLock lock = openWatching("b");
        RecordingWatcher watcher = watch(lock);
        awaitThat(watcher + " is told a state", () -> watcher.last().isPresent());
        LockVersion told = watcher.last().orElseThrow().orElseThrow().version();
        update(lock, heldBy("b", 1), told);
    }

    @Test
    final void aLockIsToldOfItsOwnWrites() {
        ResourceLock lock = openWatching("a");
        RecordingWatcher watcher = watch(lock);
        LockVersion created = create(lock, heldBy("a"));
        awaitWritten(watcher, heldBy("a"), created);
        awaitWritten(watcher, heldBy(""), update(lock, heldBy(""), created));
    }

    @Test
    final void theLastStateOfABurstIsToldAndNoneOutOfOrder() {
        RecordingWatcher watcher = watch(openWatching("b"));
        ResourceLock writer = open("a");
        LockVersion version = create(writer, heldBy("a"));
        for (int turn = 1; turn <= BURST; turn++) {
            version = update(writer, heldBy("a", turn), version);
        }
        awaitWritten(watcher, heldBy("a", BURST), version);
        assertEquals(List.of(), watcher.breaches());
    }

    @Test
    final void callsComeOneAfterTheOtherWhileManyWrite() {
        RecordingWatcher watcher = watch(openWatching("watcher"));
        List<ResourceLock> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            writers.add(open("writer-" + writer));
        }
        create(writers.get(0), heldBy("nobody yet"));
        Contenders.run(writers.size(), harness().patience().multipliedBy(2), contender -> {
            ResourceLock lock = writers.get(contender);
            for (int turn = 0; turn < 25; turn++) {
                await(lock.update(
                        heldBy(lock.identity(), turn), readPresent(lock).version()));
            }
        });
        awaitState(watcher, read(writers.get(0)));
        assertEquals(List.of(), watcher.breaches());
    }

    @Test
    final void aDeletionIsTold() throws Exception {
        create(open("a"), heldBy("a"));
        RecordingWatcher watcher = watch(openWatching("b"));
        awaitThat(watcher + " is told of the record", () -> watcher.hasSeen("a"));
        harness().delete(election());
        awaitState(watcher, Optional.empty());
    }

    @Test
    final void aRecordCreatedAfterADeletionIsTold() throws Exception {
        ResourceLock writer = open("a");
        RecordingWatcher watcher = watch(openWatching("b"));
        create(writer, heldBy("a"));
        harness().delete(election());
        LockVersion again = create(writer, heldBy("a"));
        awaitWritten(watcher, heldBy("a"), again);
        assertEquals(List.of(), watcher.breaches());
    }

    @Test
    final void everyWatcherIsTold() {
        ResourceLock lock = openWatching("b");
        List<RecordingWatcher> watchers = List.of(watch(lock), watch(lock), watch(open("c")), watch(open("b")));
        LockVersion version = create(open("a"), heldBy("a"));
        watchers.forEach(watcher -> awaitWritten(watcher, heldBy("a"), version));
    }

    @Test
    final void aWatchIsToldOfItsOwnElectionAlone() {
        RecordingWatcher watcher = watch(openWatching("b"));
        create(closedLater(harness().open(freshElection(), "elsewhere")), heldBy("elsewhere"));
        create(closedLater(harness().open(election() + "-b", "elsewhere")), heldBy("elsewhere"));
        LockVersion version = create(open("a"), heldBy("a"));
        awaitWritten(watcher, heldBy("a"), version);
        assertFalse(watcher.hasSeen("elsewhere"), watcher::toString);
    }

    @Test
    final void aWatcherThatThrowsDoesNotSilenceTheOthers() {
        ResourceLock lock = openWatching("b");
        lock.watch(new ThrowingWatcher());
        RecordingWatcher beside = watch(lock);
        RecordingWatcher elsewhere = watch(open("c"));
        ResourceLock writer = open("a");
        LockVersion created = create(writer, heldBy("a"));
        LockVersion updated = update(writer, heldBy("a", 1), created);
        awaitWritten(beside, heldBy("a", 1), updated);
        awaitWritten(elsewhere, heldBy("a", 1), updated);
    }

    private static final class ThrowingWatcher implements LockWatcher {
        @Override
        public void onRecord(Optional<LockSnapshot> snapshot) {
            throw new IllegalStateException("thrown on purpose by a watcher of the conformance suite");
        }

        @Override
        public void onMalformed(MalformedRecordException error) {
            throw new IllegalStateException("thrown on purpose by a watcher of the conformance suite");
        }

        @Override
        public void onBroken(LockException cause) {
            throw new IllegalStateException("thrown on purpose by a watcher of the conformance suite");
        }
    }

    @Test
    final void aClosedWatchTellsNothingMoreAndLeavesTheOthers() {
        ResourceLock lock = openWatching("b");
        RecordingWatcher closed = new RecordingWatcher();
        Subscription subscription = lock.watch(closed);
        RecordingWatcher open = watch(lock);
        awaitState(closed, Optional.empty());
        awaitState(open, Optional.empty());
        subscription.close();
        subscription.close();
        ResourceLock writer = open("a");
        LockVersion first = create(writer, heldBy("a"));
        awaitWritten(open, heldBy("a"), first);
        awaitWritten(open, heldBy("a", 1), update(writer, heldBy("a", 1), first));
        assertFalse(closed.hasSeen("a"), closed::toString);
        assertFalse(closed.isBroken(), closed::toString);
    }

    @Test
    final void aWatchMayBeClosedByItsOwnWatcher() {
        ResourceLock lock = openWatching("b");
        CompletableFuture<Subscription> own = new CompletableFuture<>();
        RecordingWatcher record = new RecordingWatcher();
        own.complete(lock.watch(new LockWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> snapshot) {
                record.onRecord(snapshot);
                snapshot.ifPresent(present -> own.thenAccept(Subscription::close));
            }

            @Override
            public void onMalformed(MalformedRecordException error) {
                record.onMalformed(error);
            }

            @Override
            public void onBroken(LockException cause) {
                record.onBroken(cause);
            }
        }));
        RecordingWatcher open = watch(lock);
        ResourceLock writer = open("a");
        LockVersion first = create(writer, heldBy("first"));
        awaitThat(record + " is told of the creation", () -> record.hasSeen("first"));
        LockVersion second = update(writer, heldBy("second"), first);
        awaitWritten(open, heldBy("second"), second);
        assertFalse(record.hasSeen("second"), record::toString);
    }

    @Test
    final void theWatchesOfAClosedLockTellNothingMoreAndThoseOfOthersGoOn() {
        ResourceLock lock = openWatching("b");
        RecordingWatcher ended = watch(lock);
        RecordingWatcher open = watch(open("b"));
        awaitState(ended, Optional.empty());
        lock.close();
        ResourceLock writer = open("a");
        LockVersion first = create(writer, heldBy("a"));
        awaitWritten(open, heldBy("a"), first);
        awaitWritten(open, heldBy("a", 1), update(writer, heldBy("a", 1), first));
        assertFalse(ended.hasSeen("a"), ended::toString);
    }

    /** Pain 25: what a watch shows is absence or trouble, never a leader that is no longer there. */
    @Test
    final void whatIsNoRecordIsToldAndSoIsTheRecordAfterIt() throws Exception {
        RecordingWatcher watcher = watch(openWatching("b"));
        awaitState(watcher, Optional.empty());
        harness().corrupt(election());
        awaitThat(watcher + " is told that the record is malformed", watcher::hasSeenMalformed);
        harness().delete(election());
        ResourceLock writer = open("a");
        LockVersion version = create(writer, heldBy("a"));
        awaitWritten(watcher, heldBy("a"), version);
    }

    @Test
    final void aWatchThatBeginsOnWhatIsNoRecordSaysSo() throws Exception {
        harness().corrupt(election());
        RecordingWatcher watcher = watch(openWatching("b"));
        awaitThat(watcher + " is told that the record is malformed", watcher::hasSeenMalformed);
    }

    /** Pains 10 and 12: a watch whose connection is gone catches up, or says that it is at an end; it is never just silent. */
    @Test
    final void aWatchThatIsCutCatchesUpOrSaysThatItIsBroken() throws Exception {
        ResourceLock lock = openWatching("b");
        RecordingWatcher watcher = watch(lock);
        ResourceLock writer = open("a");
        LockVersion created = create(writer, heldBy("a"));
        awaitWritten(watcher, heldBy("a"), created);
        harness().cutWatches(lock);
        LockVersion updated = update(writer, heldBy("a", 1), created);
        LockSnapshot present = new LockSnapshot(heldBy("a", 1), updated);
        awaitThat(
                watcher + " catches up or breaks",
                () -> watcher.isBroken() || watcher.last().equals(Optional.of(Optional.of(present))));
        RecordingWatcher next = watch(lock);
        awaitState(next, Optional.of(present));
        LockVersion last = update(writer, heldBy("a", 2), updated);
        awaitWritten(next, heldBy("a", 2), last);
        assertEquals(List.of(), watcher.breaches());
    }

    @Test
    final void aWatchWithoutABackendBreaksOrWaitsButInventsNothing() {
        ResourceLock lock = closedLater(harness().openUnavailable(election(), "b"));
        assumeTrue(lock.capabilities().watch(), "this lock declares that it cannot watch");
        RecordingWatcher watcher = watch(lock);
        failure(lock.get());
        assertFalse(watcher.last().isPresent(), watcher::toString);
    }

    @Test
    final void aWriteThatConflictsIsNotTold() {
        RecordingWatcher watcher = watch(openWatching("watcher"));
        ResourceLock writer = open("a");
        LockVersion created = create(writer, heldBy("a"));
        assertEquals(WriteResult.conflict(), await(open("b").create(heldBy("refused"))));
        awaitWritten(watcher, heldBy("a", 1), update(writer, heldBy("a", 1), created));
        assertFalse(watcher.hasSeen("refused"), watcher::toString);
    }
}
