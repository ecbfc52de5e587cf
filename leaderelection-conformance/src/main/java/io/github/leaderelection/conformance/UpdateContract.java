package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An update is applied if the record has the expected version, and then alone. */
abstract class UpdateContract extends Contract {

    private record ForeignVersion(long order) implements LockVersion {}

    @Test
    final void theExpectedVersionIsReplaced() {
        ResourceLock lock = open("a");
        LockVersion created = create(lock, heldBy("a"));
        LockVersion updated = update(lock, heldBy("a", 1), created);
        assertNotEquals(created, updated);
        assertEquals(Optional.of(new LockSnapshot(heldBy("a", 1), updated)), read(lock));
    }

    @Test
    final void eachVersionLeadsToTheNext() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        for (int turn = 1; turn <= 20; turn++) {
            version = update(lock, heldBy("a", turn), version);
            assertEquals(new LockSnapshot(heldBy("a", turn), version), readPresent(lock), "turn " + turn);
        }
    }

    @Test
    final void aVersionThatWasReadCanBeReplaced() {
        create(open("a"), heldBy("a"));
        ResourceLock other = open("b");
        LockVersion updated = update(other, heldBy("b", 1), readPresent(other).version());
        assertEquals(new LockSnapshot(heldBy("b", 1), updated), readPresent(open("c")));
    }

    @Test
    final void aVersionThatAnotherLockReadCanBeReplaced() {
        LockVersion version = create(open("a"), heldBy("a"));
        update(open("b"), heldBy("b", 1), version);
    }

    @Test
    final void aStaleVersionConflicts() {
        ResourceLock lock = open("a");
        LockVersion stale = create(lock, heldBy("a"));
        update(lock, heldBy("a", 1), stale);
        assertConflict(lock.update(heldBy("a", 2), stale));
    }

    /** Two leaders at once begin with this: both read, both write, and neither is told of the other. */
    @Test
    final void theSlowerOfTwoWhoReadTheSameConflicts() {
        ResourceLock first = open("a");
        ResourceLock second = open("b");
        create(first, heldBy(""));
        LockVersion seenByFirst = readPresent(first).version();
        LockVersion seenBySecond = readPresent(second).version();
        update(first, heldBy("a", 1), seenByFirst);
        assertConflict(second.update(heldBy("b", 1), seenBySecond));
        assertEquals(heldBy("a", 1), readPresent(second).record());
    }

    @Test
    final void aRefusedUpdateChangesNothing() {
        ResourceLock lock = open("a");
        LockVersion stale = create(lock, heldBy("a"));
        LockVersion present = update(lock, heldBy("a", 1), stale);
        assertConflict(open("b").update(heldBy("b", 2), stale));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a", 1), present)), read(lock));
        update(lock, heldBy("a", 3), present);
    }

    @Test
    final void anUpdateOfADeletedRecordConflictsAndDoesNotRevive() throws Exception {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        harness().delete(election());
        assertConflict(lock.update(heldBy("a", 1), version));
        assertEquals(Optional.empty(), read(lock));
    }

    /** The record went and came back as it was; who remembers the first must not take the second for it. */
    @Test
    final void aVersionFromBeforeADeletionConflictsWithTheRecordCreatedAfterIt() throws Exception {
        ResourceLock lock = open("a");
        LockVersion before = create(lock, heldBy("a"));
        harness().delete(election());
        LockVersion after = create(open("b"), heldBy("a"));
        assertNotEquals(before, after);
        assertConflict(lock.update(heldBy("a", 1), before));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), after)), read(lock));
    }

    /** As above, with as many writes on either side, in case versions count the writes since the creation. */
    @Test
    final void noVersionComesBackAfterADeletion() throws Exception {
        ResourceLock lock = open("a");
        LockVersion first = create(lock, heldBy("a"));
        LockVersion second = update(lock, heldBy("a"), first);
        harness().delete(election());
        LockVersion third = create(lock, heldBy("a"));
        LockVersion fourth = update(lock, heldBy("a"), third);
        assertNotEquals(first, third);
        assertNotEquals(second, fourth);
        assertConflict(lock.update(heldBy("a", 1), first));
        assertConflict(lock.update(heldBy("a", 1), second));
    }

    @Test
    final void contentThatWentAndCameBackIsAnotherVersion() {
        ResourceLock lock = open("a");
        LockVersion first = create(lock, heldBy("a"));
        LockVersion second = update(lock, heldBy("b"), first);
        update(lock, heldBy("a"), second);
        assertConflict(lock.update(heldBy("c"), first));
    }

    @Test
    final void anUpdateWithoutAChangeMakesAVersion() {
        ResourceLock lock = open("a");
        LockVersion first = create(lock, heldBy("a"));
        LockVersion second = update(lock, heldBy("a"), first);
        assertNotEquals(first, second);
        assertConflict(open("b").update(heldBy("b"), first));
    }

    @Test
    final void theVersionOfAnotherKindOfLockIsMisuse() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        LockVersion foreign = new ForeignVersion(version.order());
        assertThrows(IllegalArgumentException.class, () -> lock.update(heldBy("a", 1), foreign));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(lock));
    }
}
