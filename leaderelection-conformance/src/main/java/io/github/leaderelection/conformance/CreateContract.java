package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A record is created where there is none, and only there. */
abstract class CreateContract extends Contract {

    @Test
    final void aRecordIsCreatedWhereThereIsNone() {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(lock));
    }

    @Test
    final void aSecondCreateConflicts() {
        ResourceLock lock = open("a");
        create(lock, heldBy("a"));
        assertConflict(lock.create(heldBy("a")));
    }

    @Test
    final void aCreateByAnotherCandidateConflicts() {
        create(open("a"), heldBy("a"));
        assertConflict(open("b").create(heldBy("b")));
    }

    /** Pain 20: one identity does not make two processes one. */
    @Test
    final void aCreateByAnotherLockOfTheSameIdentityConflicts() {
        create(open("a"), heldBy("a"));
        assertConflict(open("a").create(heldBy("a")));
    }

    @Test
    final void aRefusedCreateChangesNothing() {
        ResourceLock first = open("a");
        LockVersion version = create(first, heldBy("a"));
        assertConflict(open("b").create(heldBy("b", 7)));
        assertEquals(Optional.of(new LockSnapshot(heldBy("a"), version)), read(first));
    }

    @Test
    final void aReleasedRecordIsStillARecord() {
        create(open("a"), heldBy(""));
        assertConflict(open("b").create(heldBy("b")));
    }

    @Test
    final void aDeletedRecordCanBeCreatedAgain() throws Exception {
        ResourceLock lock = open("a");
        LockVersion first = create(lock, heldBy("a"));
        harness().delete(election());
        LockVersion second = create(lock, heldBy("a", 1));
        assertNotEquals(first, second);
        assertEquals(Optional.of(new LockSnapshot(heldBy("a", 1), second)), read(lock));
    }

    @Test
    final void electionsDoNotTouchEachOther() {
        ResourceLock here = open("a");
        ResourceLock there = closedLater(harness().open(freshElection(), "a"));
        create(here, heldBy("a", 1));
        assertEquals(Optional.empty(), read(there));
        create(there, heldBy("a", 2));
        assertEquals(heldBy("a", 1), readPresent(here).record());
        assertEquals(heldBy("a", 2), readPresent(there).record());
    }

    @Test
    final void anElectionWhoseNameBeginsLikeAnotherIsAnother() {
        create(open("a"), heldBy("a"));
        ResourceLock longer = closedLater(harness().open(election() + "-b", "a"));
        assertEquals(Optional.empty(), read(longer));
    }
}
