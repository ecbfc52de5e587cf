package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import org.junit.jupiter.api.Test;

/** The order of a version, which becomes the fencing token, is greater than that of every earlier write. */
abstract class FencingContract extends Contract {

    private static void assertGreater(LockVersion earlier, LockVersion later) {
        assertTrue(
                later.order() > earlier.order(),
                "expected an order above " + earlier.order() + ", but got " + later.order());
    }

    @Test
    final void theOrderGrowsWriteByWrite() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        for (int turn = 1; turn <= 50; turn++) {
            LockVersion next = update(lock, heldBy("a", turn), version);
            assertGreater(version, next);
            version = next;
        }
    }

    @Test
    final void theOrderGrowsAcrossLocks() {
        ResourceLock first = open("a");
        ResourceLock second = open("b");
        LockVersion version = create(first, heldBy("a"));
        for (int turn = 1; turn <= 20; turn++) {
            LockVersion next = update(turn % 2 == 0 ? first : second, heldBy("either", turn), version);
            assertGreater(version, next);
            version = next;
        }
    }

    @Test
    final void theOrderGrowsAcrossADeletion() throws Exception {
        ResourceLock lock = open("a");
        LockVersion before = create(lock, heldBy("a"));
        before = update(lock, heldBy("a", 1), before);
        before = update(lock, heldBy("a", 2), before);
        harness().delete(election());
        assertGreater(before, create(lock, heldBy("a")));
    }

    @Test
    final void theOrderGrowsAcrossManyDeletions() throws Exception {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        for (int turn = 1; turn <= 10; turn++) {
            harness().delete(election());
            LockVersion next = create(turn % 2 == 0 ? lock : open("b"), heldBy("a", turn));
            assertGreater(version, next);
            version = next;
        }
    }

    @Test
    final void theOrderGrowsAcrossADeletionAndACloseOfEveryLock() throws Exception {
        ResourceLock lock = open("a");
        LockVersion before = create(lock, heldBy("a"));
        before = update(lock, heldBy("a", 1), before);
        lock.close();
        harness().delete(election());
        assertGreater(before, create(open("b"), heldBy("b")));
    }

    @Test
    final void aVersionThatWasReadHasTheOrderOfItsWrite() {
        ResourceLock lock = open("a");
        LockVersion created = create(lock, heldBy("a"));
        assertEquals(created.order(), readPresent(open("b")).version().order());
        LockVersion updated = update(lock, heldBy("a", 1), created);
        assertEquals(updated.order(), readPresent(open("b")).version().order());
    }
}
