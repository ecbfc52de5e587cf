package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a lock says of itself stays as it is, and what is closed is closed, and nothing else. */
abstract class LifecycleContract extends Contract {

    private static final int LOCKS_OPENED_AND_CLOSED = 20;

    @Test
    final void theIdentityIsTheOneThatWasGiven() {
        ResourceLock lock = open("Zürich \"7\"");
        assertEquals("Zürich \"7\"", lock.identity());
        create(lock, heldBy("somebody else"));
        assertEquals("Zürich \"7\"", lock.identity());
        lock.close();
        assertEquals("Zürich \"7\"", lock.identity());
    }

    @Test
    final void theDescriptionNamesTheElectionAndStaysTheSame() {
        ResourceLock lock = open("a");
        String description = lock.describe();
        assertTrue(description.contains(election()), description);
        create(lock, heldBy("a"));
        assertEquals(description, lock.describe());
        lock.close();
        assertEquals(description, lock.describe());
    }

    @Test
    final void theCapabilitiesStayTheSame() {
        ResourceLock lock = open("a");
        LockCapabilities capabilities = lock.capabilities();
        create(lock, heldBy("a"));
        assertEquals(capabilities, lock.capabilities());
        assertEquals(capabilities, open("b").capabilities());
        lock.close();
        assertEquals(capabilities, lock.capabilities());
    }

    @Test
    final void theDefaultLeaseCanBeRepresented() {
        LockCapabilities capabilities = open("a").capabilities();
        Duration lease = Duration.ofSeconds(15);
        assertTrue(capabilities.shortestLease().compareTo(lease) <= 0, capabilities::toString);
        assertEquals(0, lease.toNanos() % capabilities.leaseGranularity().toNanos(), capabilities::toString);
    }

    @Test
    final void closingTwiceIsClosingOnce() {
        ResourceLock lock = open("a");
        read(lock);
        lock.close();
        lock.close();
    }

    @Test
    final void aLockThatWasNeverUsedCanBeClosed() {
        open("a").close();
    }

    @Test
    final void aReadAfterCloseFails() {
        ResourceLock lock = open("a");
        lock.close();
        assertInstanceOf(LockUnavailableException.class, failure(lock.get()));
    }

    @Test
    final void writesAfterCloseFailAndAreNotApplied() {
        ResourceLock lock = open("a");
        lock.close();
        assertInstanceOf(LockUnavailableException.class, failure(lock.create(heldBy("a"))));
        ResourceLock other = open("b");
        assertEquals(Optional.empty(), read(other));
        LockVersion version = create(other, heldBy("b"));
        assertInstanceOf(LockUnavailableException.class, failure(lock.update(heldBy("a"), version)));
        assertEquals(Optional.of(new LockSnapshot(heldBy("b"), version)), read(other));
    }

    @Test
    final void aWatchAfterCloseBreaksOrIsRefused() {
        ResourceLock lock = open("a");
        assumeTrue(lock.capabilities().watch(), "this lock declares that it cannot watch");
        lock.close();
        RecordingWatcher watcher = new RecordingWatcher();
        try {
            lock.watch(watcher);
            awaitThat(watcher + " is told that the watch is broken", watcher::isBroken);
        } catch (LockException refused) {
            assertInstanceOf(LockUnavailableException.class, refused);
        }
        assertFalse(watcher.last().isPresent(), watcher::toString);
    }

    /** Pain 23: a late answer finds nobody waiting. */
    @Test
    final void callsUnderWayFailWhenTheLockIsClosed() {
        ResourceLock lock = closedLater(harness().openUnanswered(election(), "a"));
        var read = lock.get();
        var write = lock.create(heldBy("a"));
        lock.close();
        assertInstanceOf(LockUnavailableException.class, failure(read));
        assertNotDone(failure(write));
    }

    @Test
    final void closingLeavesTheRecord() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        lock.close();
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(open("b")));
    }

    @Test
    final void closingOneLockLeavesTheOthers() {
        ResourceLock closed = open("a");
        ResourceLock sameIdentity = open("a");
        ResourceLock other = open("b");
        LockVersion version = create(closed, heldBy("a"));
        closed.close();
        assertEquals(heldBy("a"), readPresent(other).record());
        update(sameIdentity, heldBy("a", 1), version);
    }

    @Test
    final void aVersionOutlivesTheLockThatHandedItOut() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        lock.close();
        update(open("a"), heldBy("a", 1), version);
    }

    @Test
    final void aMessageForTheBackendsUsersNeverFails() {
        ResourceLock lock = open("a");
        lock.recordEvent("a became leader");
        lock.recordEvent("");
        create(lock, heldBy("a"));
        lock.recordEvent("a \"stopped\" leading\n東京");
        lock.close();
        lock.recordEvent("closed");
    }

    /** Pain 23: a first lock may start threads that all locks share; those that come after it leave none of their own. */
    @Test
    final void closedLocksLeaveNoThreads() {
        openUseAndClose();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int opened = 0; opened < LOCKS_OPENED_AND_CLOSED; opened++) {
            openUseAndClose();
        }
        awaitThat(
                LOCKS_OPENED_AND_CLOSED + " locks, opened and closed, have left fewer threads than there were locks",
                () -> startedSince(before).size() < LOCKS_OPENED_AND_CLOSED);
    }

    private void openUseAndClose() {
        ResourceLock lock = open("a");
        read(lock);
        await(lock.create(heldBy("a")));
        if (lock.capabilities().watch()) {
            RecordingWatcher watcher = new RecordingWatcher();
            lock.watch(watcher);
            awaitThat(watcher + " is told anything", watcher::hasToldAnything);
        }
        lock.close();
    }

    private static Set<Thread> startedSince(Set<Thread> before) {
        Set<Thread> since = new HashSet<>(Thread.getAllStackTraces().keySet());
        since.removeAll(before);
        return since;
    }
}
