package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An etcd that freezes, restarts, forgets and is cut off. Each test has a member of its own. */
class EtcdTroubleIT {

    private static final String NAME = "demo";
    private static final String KEY = EtcdLocks.DEFAULT_PREFIX + "/" + NAME;

    private final EtcdServer etcd = EtcdServer.start();
    private final TcpProxy proxy = TcpProxy.to(etcd.port());
    private final ResourceLock lock = quick().lock(NAME, "a");

    private EtcdLocks.Builder quick() {
        return EtcdLocks.builder()
                .endpoints("http://127.0.0.1:" + proxy.port())
                .requestTimeout(Duration.ofMillis(500))
                .leases(sharedWatch() ? Leases.SESSION : Leases.OBSERVED);
    }

    /** Whether one stream tells the watches of all locks. */
    boolean sharedWatch() {
        return false;
    }

    @AfterEach
    void close() {
        lock.close();
        proxy.close();
        etcd.close();
    }

    private Told watched() {
        Told told = new Told();
        lock.watch(told);
        Eventually.isTrue("the watch tells a state", () -> !told.events().isEmpty());
        return told;
    }

    /** Puts a record there behind the back of the lock. */
    private void putHolder(String holder) {
        etcd.put(KEY, "{\"spec\":{\"holderIdentity\":\"" + holder + "\"}}");
    }

    /** Pains 13 and 16: a member that is frozen costs a deadline, and what became of a write is open. */
    @Test
    void callsToAFrozenMemberEndWithTheirDeadline() {
        LockVersion created = written(lock.create(heldBy("a")));
        etcd.pause();
        failure(LockIndeterminateException.class, lock.update(heldBy("b"), created));
        failure(LockUnavailableException.class, lock.get());
        etcd.resume();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        String holder = read(lock).orElseThrow().record().holderIdentity();
        assertTrue(List.of("a", "b").contains(holder), holder);
    }

    /** Pain 16: whoever cancelled it has done with it, and does not expect it later. */
    @Test
    void aWriteThatIsCancelledBeforeItWasSentIsNotAppliedWhenTheMemberThaws() {
        etcd.pause();
        try (ResourceLock patient = EtcdLocks.builder()
                .endpoints(etcd.endpoint())
                .requestTimeout(Duration.ofSeconds(60))
                .lock(NAME, "a")) {
            CompletableFuture<?> write = patient.create(heldBy("a")).toCompletableFuture();
            assertTrue(write.cancel(false));
            etcd.resume();
            for (int i = 0; i < 5; i++) {
                assertEquals(Optional.empty(), read(patient));
            }
            assertEquals(Optional.empty(), etcd.get(KEY));
        }
    }

    /** Pain 13: an elector cancels its requests long before their own deadlines; a frozen member is noticed all the same. */
    @Test
    void requestsThatAreCancelledForWantOfAnAnswerLeadToANewConnection() {
        try (ResourceLock patient = EtcdLocks.builder()
                .endpoints("http://127.0.0.1:" + proxy.port())
                .requestTimeout(Duration.ofSeconds(60))
                .lock(NAME, "a")) {
            assertTrue(reads(patient));
            int connections = proxy.acceptedCount();
            proxy.cut();
            // In less than the ten seconds after which a ping would find out.
            for (int i = 0; i < 12 && proxy.acceptedCount() == connections; i++) {
                CompletableFuture<?> unanswered = patient.get().toCompletableFuture();
                assertThrows(TimeoutException.class, () -> unanswered.get(500, TimeUnit.MILLISECONDS));
                unanswered.cancel(false);
            }
            assertTrue(proxy.acceptedCount() > connections);
            proxy.heal();
        }
    }

    @Test
    void aWriteThatFindsNobodyIsSurelyNotApplied() {
        LockVersion created = written(lock.create(heldBy("a")));
        proxy.refuse();
        Eventually.isTrue("the lock notices that nobody is there", () -> !reads(lock));
        for (int i = 0; i < 5; i++) {
            failure(LockUnavailableException.class, lock.update(heldBy("b"), created));
        }
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(created, read(lock).orElseThrow().version());
    }

    @Test
    void aWriteIntoANetworkThatSwallowsEverythingIsSurelyNotAppliedIfThereWasNoConnection() {
        proxy.cutDroppingBytes();
        LockUnavailableException failure = failure(LockUnavailableException.class, lock.create(heldBy("a")));
        assertTrue(String.valueOf(failure.getMessage()).contains("was not written"), failure::toString);
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(Optional.empty(), etcd.get(KEY));
    }

    /** Pain 9: a write whose reply is lost has happened, is not repeated, and is not called refused. */
    @Test
    void aWriteWhoseReplyIsLostIsIndeterminateAndHappensOnce() {
        LockVersion created = written(lock.create(heldBy("a")));
        proxy.cutReplies();
        failure(LockIndeterminateException.class, lock.update(heldBy("b"), created));
        assertEquals(created.order() + 1, etcd.get(KEY).orElseThrow().modRevision());
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals("b", read(lock).orElseThrow().record().holderIdentity());
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("c"), created)));
    }

    /**
     * gRPC would wait longer and longer between its attempts, 43 s in all before the eighth: that is how late an etcd that
     * is back would be found.
     */
    @Test
    void anOutageDoesNotMakeTheAttemptsToConnectRarer() {
        assertTrue(reads(lock));
        etcd.stop();
        int connections = proxy.acceptedCount();
        Eventually.isTrue("eight attempts were made", () -> !reads(lock) && proxy.acceptedCount() - connections >= 8);
        etcd.restart();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
    }

    /** Pain 12. */
    @Test
    void aWatchOutlivesCompactions() {
        Told told = watched();
        for (int i = 0; i < 5; i++) {
            putHolder("holder-" + i);
            etcd.compact();
            told.await("holder-" + i);
        }
        proxy.cut();
        putHolder("between");
        putHolder("after");
        etcd.compact();
        proxy.resetConnections();
        proxy.heal();
        told.await("after");
    }

    /** Pain 10. */
    @Test
    void aWatchOutlivesARestart() {
        Told told = watched();
        etcd.restart();
        putHolder("after");
        awaitOrBroken(told, "after");
    }

    /** Revisions begin at one again: a watch that waited for the next old one would wait for ever. */
    @Test
    void aWatchNoticesThatEtcdLostItsData() {
        for (int i = 0; i < 50; i++) {
            putHolder("before");
        }
        Told told = watched();
        told.await("before");
        etcd.restartEmpty();
        awaitOrBroken(told, "nothing");
        putHolder("after");
        awaitOrBroken(told, "after");
    }

    /** The first revision of the old world is the first of the new one, too: what was written tells them apart. */
    @Test
    void aVersionFromBeforeEtcdLostItsDataConflictsThoughTheNewRecordHasItsRevision() {
        LockVersion old = written(lock.create(heldBy("a")));
        etcd.restartEmpty();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        try (ResourceLock other = quick().lock(NAME, "b")) {
            LockVersion live = written(other.create(heldBy("b")));
            assertEquals(old.order(), live.order());
            assertNotEquals(old, live);
            assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), old)));
            assertEquals(live, read(lock).orElseThrow().version());
        }
    }

    /** A watch may break, but then it says so, and the next one tells. */
    private void awaitOrBroken(Told told, String expected) {
        Eventually.isTrue(
                "a watch that told " + told.events() + " tells " + expected + " or that it is broken",
                () -> told.last().equals(expected) || told.last().equals("LockUnavailableException"));
        if (!told.last().equals(expected)) {
            Told next = new Told();
            lock.watch(next);
            Eventually.isTrue(
                    "the next watch tells " + expected, () -> next.events().contains(expected));
        }
    }

    /** Pains 10 and 25: the stream is open and nothing comes. */
    @Test
    void aWatchThatIsCutForLongSaysThatItIsBroken() {
        Told told = watched();
        proxy.cut();
        told.await("LockUnavailableException");
        int count = told.events().size();
        proxy.heal();
        putHolder("after");
        Told next = new Told();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        lock.watch(next);
        next.await("after");
        assertEquals(count, told.events().size(), "nothing follows the end");
    }

    @Test
    void aWatchThatIsCutForAMomentCatchesUp() {
        Told told = watched();
        proxy.cut();
        putHolder("during");
        proxy.heal();
        told.await("during");
        proxy.cutDroppingBytes();
        putHolder("lost");
        proxy.heal();
        told.await("lost");
    }

    @Test
    void aMemberThatStoppedForGoodEndsTheWatch() {
        Told told = watched();
        etcd.kill();
        told.await("LockUnavailableException");
    }

    /** Pain 13: a member that is frozen takes connections all the same, and never says anything on them. */
    @Test
    void aFrozenMemberDoesNotKeepTheLockFromTheOthers() {
        try (TcpProxy second = TcpProxy.to(etcd.port());
                ResourceLock both = EtcdLocks.builder()
                        .endpoints("http://127.0.0.1:" + proxy.port(), "http://127.0.0.1:" + second.port())
                        .requestTimeout(Duration.ofMillis(500))
                        .lock(NAME, "a")) {
            proxy.cut();
            Eventually.isTrue("the lock reads from the second member", () -> reads(both));
            second.cut();
            proxy.heal();
            Eventually.isTrue("the lock reads from the first member", () -> reads(both));
            proxy.cut();
            second.heal();
            Eventually.isTrue("the lock reads from the second member again", () -> reads(both));
        }
    }

    /** Pain 13: the answers of the other members do not hide that one of them gives none. */
    @Test
    void aMemberThatFreezesIsLeftAsideThoughTheOthersAnswer() {
        try (TcpProxy second = TcpProxy.to(etcd.port());
                ResourceLock both = EtcdLocks.builder()
                        .endpoints("http://127.0.0.1:" + proxy.port(), "http://127.0.0.1:" + second.port())
                        .requestTimeout(Duration.ofMillis(500))
                        .lock(NAME, "a")) {
            Eventually.isTrue(
                    "both members are in use",
                    () -> reads(both) && proxy.acceptedCount() > 0 && second.acceptedCount() > 0);
            for (int i = 0; i < 10; i++) {
                reads(both);
            }
            proxy.cut();
            long failures = IntStream.range(0, 20).filter(i -> !reads(both)).count();
            assertTrue(failures <= 5, failures + " of 20 reads went to the frozen member");
        }
    }
}
