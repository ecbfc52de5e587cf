package io.github.leaderelection.lock.inmemory;

import static io.github.leaderelection.lock.inmemory.Records.completed;
import static io.github.leaderelection.lock.inmemory.Records.failure;
import static io.github.leaderelection.lock.inmemory.Records.heldBy;
import static io.github.leaderelection.lock.inmemory.Records.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemorySpaceTests {

    private final InMemorySpace space = new InMemorySpace();
    private final ResourceLock lock = space.lock("election", "a");

    @Test
    void stagesAreCompleteWhenTheyAreReturned() {
        assertTrue(lock.get().toCompletableFuture().isDone());
        assertTrue(lock.create(heldBy("a")).toCompletableFuture().isDone());
    }

    @Test
    void showsTheRecordOfAnElection() {
        assertEquals(Optional.empty(), space.record("election"));
        written(lock.create(heldBy("a")));
        assertEquals(Optional.of(heldBy("a")), space.record("election"));
        assertEquals(Optional.empty(), space.record("another"));
    }

    @Test
    void versionsGrowAcrossElectionsAndDeletions() {
        long first = written(lock.create(heldBy("a"))).order();
        long second = written(space.lock("another", "a").create(heldBy("a"))).order();
        space.delete("election");
        long third = written(lock.create(heldBy("a"))).order();
        assertTrue(first < second && second < third, first + ", " + second + ", " + third);
    }

    @Test
    void aWriteOfAnOutsiderMakesANewVersion() {
        LockVersion version = written(lock.create(heldBy("a")));
        space.put("election", heldBy("outsider"));
        assertEquals(WriteResult.conflict(), completed(lock.update(heldBy("a"), version)));
        assertEquals(Optional.of(heldBy("outsider")), space.record("election"));
    }

    @Test
    void aCorruptedRecordCannotBeReadNorOverwrittenByALock() {
        LockVersion version = written(lock.create(heldBy("a")));
        space.corrupt("election");
        failure(MalformedRecordException.class, lock.get());
        assertThrows(MalformedRecordException.class, () -> space.record("election"));
        assertEquals(WriteResult.conflict(), completed(lock.create(heldBy("a"))));
        assertEquals(WriteResult.conflict(), completed(lock.update(heldBy("a"), version)));
        space.put("election", heldBy("outsider"));
        assertEquals(Optional.of(heldBy("outsider")), space.record("election"));
    }

    @Test
    void aWatchTellsEveryStateInOrder() {
        RecordingWatcher watcher = new RecordingWatcher();
        lock.watch(watcher);
        LockVersion version = written(lock.create(heldBy("a")));
        written(lock.update(heldBy("b"), version));
        space.corrupt("election");
        space.delete("election");
        space.delete("election");
        space.put("election", heldBy("c"));
        space.put("another", heldBy("d"));
        assertEquals(List.of("none", "a", "b", "malformed", "none", "c"), watcher.told);
    }

    @Test
    void aWatcherThatWritesIsToldOfItAfterwards() {
        RecordingWatcher watcher = new RecordingWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> snapshot) {
                if (snapshot.isEmpty()) {
                    lock.create(heldBy("reply"));
                }
                super.onRecord(snapshot);
            }
        };
        lock.watch(watcher);
        assertEquals(List.of("none", "reply"), watcher.told);
    }

    @Test
    void aSlowWatcherNeitherHoldsUpWritersNorLosesTheLastState() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RecordingWatcher watcher = new RecordingWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> snapshot) {
                super.onRecord(snapshot);
                entered.countDown();
                try {
                    assertTrue(goOn.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        Thread slow = new Thread(() -> lock.watch(watcher), "slow-watcher");
        slow.start();
        assertTrue(entered.await(30, TimeUnit.SECONDS));
        for (int write = 0; write < 5000; write++) {
            space.put("election", heldBy("holder-" + write));
        }
        goOn.countDown();
        slow.join(30_000);
        assertEquals("holder-4999", watcher.told.get(watcher.told.size() - 1));
        assertTrue(watcher.told.size() < 2000, "the queue is bounded, but told " + watcher.told.size());
    }

    @Test
    void countsWhatLocksSend() {
        lock.get();
        lock.create(heldBy("a"));
        lock.create(heldBy("a"));
        lock.watch(new RecordingWatcher());
        space.put("election", heldBy("outsider"));
        space.record("election");
        assertEquals(1, space.readCount());
        assertEquals(2, space.writeCount());
        assertEquals(1, space.watchCount());
    }

    @Test
    void keepsTheLatestEventsOfAnElection() {
        for (int event = 0; event < 1001; event++) {
            lock.recordEvent("event " + event);
        }
        assertEquals(1000, space.events("election").size());
        assertEquals("event 1", space.events("election").get(0));
        assertEquals(List.of(), space.events("another"));
    }

    @Test
    void refusesBlankNames() {
        assertThrows(IllegalArgumentException.class, () -> space.lock(" ", "a"));
        assertThrows(IllegalArgumentException.class, () -> space.lock("election", ""));
    }

    @Test
    void spacesOfOneNameAreOne() {
        assertSame(InMemorySpace.named("x"), InMemorySpace.named("x"));
        assertNotSame(InMemorySpace.named("x"), InMemorySpace.named("y"));
    }
}
