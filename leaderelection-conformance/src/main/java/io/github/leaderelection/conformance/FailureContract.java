package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What goes wrong has a name, and the name is true. */
abstract class FailureContract extends Contract {

    @Test
    final void aReadWithoutABackendIsUnavailable() {
        ResourceLock lock = closedLater(harness().openUnavailable(election(), "a"));
        LockException failure = failure(lock.get());
        assertInstanceOf(LockUnavailableException.class, failure);
        assertSaysSomething(failure);
    }

    private static void assertSaysSomething(LockException failure) {
        Optional<String> message = Optional.ofNullable(failure.getMessage());
        assertTrue(
                message.filter(text -> !text.isBlank()).isPresent(), () -> "a failure without a message: " + failure);
    }

    @Test
    final void aCreateWithoutABackendFailsAndIsNotApplied() {
        ResourceLock lock = closedLater(harness().openUnavailable(election(), "a"));
        assertNotDone(failure(lock.create(heldBy("a"))));
        assertEquals(Optional.empty(), read(open("b")));
    }

    @Test
    final void anUpdateWithoutABackendFailsAndIsNotApplied() {
        LockVersion version = create(open("b"), heldBy("b"));
        ResourceLock lock = closedLater(harness().openUnavailable(election(), "a"));
        assertNotDone(failure(lock.update(heldBy("a"), version)));
        assertEquals(Optional.of(new LockSnapshot(heldBy("b"), version)), read(open("c")));
    }

    @Test
    final void aReadWithoutRightsIsDenied() {
        create(open("b"), heldBy("b"));
        ResourceLock lock = closedLater(harness().openDenied(election(), "a"));
        assertInstanceOf(LockDeniedException.class, failure(lock.get()));
    }

    @Test
    final void aCreateWithoutRightsIsDeniedAndNotApplied() {
        ResourceLock lock = closedLater(harness().openDenied(election(), "a"));
        assertInstanceOf(LockDeniedException.class, failure(lock.create(heldBy("a"))));
        assertEquals(Optional.empty(), read(open("b")));
    }

    @Test
    final void anUpdateWithoutRightsIsDeniedAndNotApplied() {
        LockVersion version = create(open("b"), heldBy("b"));
        ResourceLock lock = closedLater(harness().openDenied(election(), "a"));
        assertInstanceOf(LockDeniedException.class, failure(lock.update(heldBy("a"), version)));
        assertEquals(Optional.of(new LockSnapshot(heldBy("b"), version)), read(open("c")));
    }

    /** Pain 9: only a read can settle what became of a create whose reply was lost. */
    @Test
    final void aCreateWhoseReplyIsLostIsIndeterminateAndAReadSettlesIt() {
        ResourceLock lock = closedLater(harness().openLosingReplies(election(), "a"));
        assertInstanceOf(LockIndeterminateException.class, failure(lock.create(heldBy("a"))));
        assertEquals(heldBy("a"), readPresent(open("b")).record());
    }

    @Test
    final void anUpdateWhoseReplyIsLostIsIndeterminateAndAReadSettlesIt() {
        LockVersion version = create(open("b"), heldBy("b"));
        ResourceLock lock = closedLater(harness().openLosingReplies(election(), "a"));
        assertInstanceOf(LockIndeterminateException.class, failure(lock.update(heldBy("a", 1), version)));
        ResourceLock other = open("b");
        assertEquals(heldBy("a", 1), readPresent(other).record());
        assertConflict(other.update(heldBy("b", 2), version));
    }

    @Test
    final void whatIsNoRecordIsReadAsMalformed() throws Exception {
        harness().corrupt(election());
        LockException failure = failure(open("a").get());
        assertInstanceOf(MalformedRecordException.class, failure);
        assertSaysSomething(failure);
    }

    @Test
    final void aCreateNeverOverwritesWhatIsNoRecord() throws Exception {
        ResourceLock lock = open("a");
        harness().corrupt(election());
        assertConflict(lock.create(heldBy("a")));
        assertInstanceOf(MalformedRecordException.class, failure(lock.get()));
    }

    @Test
    final void anUpdateNeverOverwritesWhatIsNoRecord() throws Exception {
        ResourceLock lock = open("a");
        LockVersion version = create(lock, heldBy("a"));
        harness().corrupt(election());
        assertConflict(lock.update(heldBy("a", 1), version));
        assertInstanceOf(MalformedRecordException.class, failure(lock.get()));
    }

    @Test
    final void whenWhatIsNoRecordHasGoneTheElectionGoesOn() throws Exception {
        ResourceLock lock = open("a");
        harness().corrupt(election());
        assertInstanceOf(MalformedRecordException.class, failure(lock.get()));
        harness().delete(election());
        assertEquals(Optional.empty(), read(lock));
        create(lock, heldBy("a"));
    }

    @Test
    final void aMalformedRecordOfOneElectionLeavesOthersAlone() throws Exception {
        harness().corrupt(election());
        ResourceLock other = closedLater(harness().open(freshElection(), "a"));
        create(other, heldBy("a"));
        assertEquals(heldBy("a"), readPresent(other).record());
    }
}
