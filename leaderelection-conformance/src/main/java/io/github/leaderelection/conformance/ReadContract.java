package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A read tells what stands there, no older than the call, and at which version. */
abstract class ReadContract extends Contract {

    private static final int ALTERNATIONS = 50;
    private static final int LOOKS = 10;
    private static final Duration PATIENCE = Duration.ofMillis(20);

    @Test
    final void absenceIsReadAsEmpty() {
        assertEquals(Optional.empty(), read(open("a")));
    }

    @Test
    final void whatAnotherLockWroteIsRead() {
        LockVersion version = create(open("a"), heldBy("a"));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(open("b")));
    }

    @Test
    final void aDeletionIsRead() throws Exception {
        ResourceLock lock = open("a");
        create(lock, heldBy("a"));
        harness().delete(election());
        assertEquals(Optional.empty(), read(lock));
    }

    @Test
    final void readsWithoutAWriteBetweenAreEqual() {
        ResourceLock lock = open("a");
        create(lock, heldBy("a"));
        LockSnapshot first = readPresent(lock);
        LockSnapshot second = readPresent(lock);
        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertEquals(first, readPresent(open("b")));
    }

    @Test
    final void aReadAfterAWriteWithTheSameContentTellsAnotherVersion() {
        ResourceLock lock = open("a");
        create(lock, heldBy("a"));
        LockSnapshot before = readPresent(lock);
        update(lock, heldBy("a"), before.version());
        assertNotEquals(before.version(), readPresent(lock).version());
    }

    @Test
    final void aReadIsNoOlderThanAWriteThatWasAnsweredBefore() {
        ResourceLock writer = open("a");
        ResourceLock reader = open("b");
        LockVersion version = create(writer, heldBy("a"));
        for (int turn = 1; turn <= ALTERNATIONS; turn++) {
            version = update(writer, heldBy("a", turn), version);
            assertEquals(new LockSnapshot(heldBy("a", turn), version), readPresent(reader), "turn " + turn);
        }
    }

    /** Whether somebody watches, and what somebody else has done in the meantime, makes no difference. */
    @Test
    final void aLookIsNoOlderThanAWriteThatWasAnsweredBefore() throws Exception {
        ResourceLock writer = open("a");
        ResourceLock onlooker = open("b");
        ResourceLock watching = open("c");
        if (watching.capabilities().watch()) {
            watching.watch(new RecordingWatcher());
        }
        LockVersion version = create(writer, heldBy("a"));
        for (int turn = 1; turn <= LOOKS; turn++) {
            version = update(writer, heldBy("a", turn), version);
            Optional<LockSnapshot> expected = Optional.of(new LockSnapshot(heldBy("a", turn), version));
            assertEquals(expected, look(onlooker), "turn " + turn);
            assertEquals(expected, look(watching), "turn " + turn + ", by one that watches");
        }
        harness().delete(election());
        assertEquals(Optional.empty(), look(onlooker));
        assertEquals(Optional.empty(), look(watching), "by one that watches");
    }

    private Optional<LockSnapshot> look(ResourceLock lock) {
        return await(lock.look(PATIENCE));
    }

    @Test
    final void aReadLeavesTheRecordAlone() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        read(lock);
        read(open("b"));
        update(lock, heldBy("a", 1), version);
    }
}
