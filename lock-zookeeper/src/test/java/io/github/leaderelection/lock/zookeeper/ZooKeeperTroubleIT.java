package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A ZooKeeper that freezes, restarts, forgets and is cut off. Each test has a server of its own. */
class ZooKeeperTroubleIT {

    private static final String NAME = "demo";
    private static final String PATH = ZooKeeperLocks.DEFAULT_PREFIX + "/" + NAME;

    private final ZooKeeperServer server = ZooKeeperServer.start();
    private final TcpProxy proxy = TcpProxy.to(server.port());
    private final ResourceLock lock = ZooKeeperLocks.builder()
            .connectString("127.0.0.1:" + proxy.port())
            .sessionTimeout(Duration.ofSeconds(1))
            .requestTimeout(Duration.ofSeconds(2))
            .lock(NAME, "a");

    @AfterEach
    void close() {
        lock.close();
        proxy.close();
        server.close();
    }

    private Told watched() {
        Told told = new Told();
        lock.watch(told);
        Eventually.isTrue("the watch tells a state", () -> !told.events().isEmpty());
        return told;
    }

    /** Puts a record there behind the back of the lock. */
    private void putHolder(String holder) {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            onlooker.put(PATH, "{\"spec\":{\"holderIdentity\":\"" + holder + "\"}}");
        }
    }

    /** A watch may break, but then it says so, and the next one tells. */
    private void awaitOrBroken(Told told, String expected) {
        Eventually.isTrue(
                "a watch that told " + told.events() + " tells " + expected + " or that it is broken",
                () -> told.last().equals(expected) || told.last().equals("LockUnavailableException"));
        if (!told.last().equals(expected)) {
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            Told next = new Told();
            lock.watch(next);
            next.await(expected);
        }
    }

    /** Pain 16: a server that is frozen costs a deadline, and what became of a write is open. */
    @Test
    void callsToAFrozenServerEndWithTheirDeadline() {
        LockVersion created = written(lock.create(heldBy("a")));
        server.pause();
        failure(LockIndeterminateException.class, lock.update(heldBy("b"), created));
        failure(LockUnavailableException.class, lock.get());
        server.resume();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        String holder = read(lock).orElseThrow().record().holderIdentity();
        assertTrue(List.of("a", "b").contains(holder), holder);
    }

    /** A read may also fail with the connection that was just lost, which the client takes for a connection a little longer. */
    private boolean failsForWantOfAConnection() {
        try {
            lock.get().toCompletableFuture().get(30, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof LockUnavailableException unavailable
                    && unavailable.getCause() instanceof ConnectException;
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("expected an answer, or a failure", late);
        }
    }

    @Test
    void aWriteWithoutAConnectionIsSurelyNotAppliedNotEvenLater() {
        LockVersion created = written(lock.create(heldBy("a")));
        proxy.refuse();
        Eventually.isTrue("the lock notices that nobody is there", this::failsForWantOfAConnection);
        for (int i = 0; i < 3; i++) {
            failure(LockUnavailableException.class, lock.update(heldBy("b"), created));
        }
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(created, read(lock).orElseThrow().version());
    }

    /** Pain 16: whoever cancelled it has done with it, and does not expect it later. */
    @Test
    void aWriteThatIsCancelledWhileItWaitsForAConnectionIsNeverSent() {
        proxy.refuse();
        try (ResourceLock patient = patient()) {
            CompletableFuture<?> write = patient.create(heldBy("a")).toCompletableFuture();
            CompletableFuture<?> read = patient.get().toCompletableFuture();
            assertTrue(write.cancel(false));
            proxy.heal();
            assertEquals(Optional.empty(), answer(read));
            assertEquals(Optional.empty(), read(patient));
        }
    }

    /** To make a record where there are no parents takes several requests. */
    @Test
    void aWriteThatIsCancelledHalfwayGoesNoFurther() {
        try (ResourceLock patient = patient()) {
            assertEquals(Optional.empty(), read(patient));
            proxy.cutReplies();
            CompletableFuture<?> write = patient.create(heldBy("a")).toCompletableFuture();
            assertTrue(write.cancel(false));
            proxy.heal();
            for (int i = 0; i < 5; i++) { // each answer comes after what was asked before it
                assertEquals(Optional.empty(), read(patient));
            }
        }
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(Optional.empty(), onlooker.get(ZooKeeperLocks.DEFAULT_PREFIX));
        }
    }

    private ResourceLock patient() {
        return ZooKeeperLocks.builder()
                .connectString("127.0.0.1:" + proxy.port())
                .sessionTimeout(Duration.ofSeconds(20))
                .requestTimeout(Duration.ofSeconds(60))
                .lock(NAME, "patient");
    }

    /** Pain 9: a write whose reply is lost has happened, is not repeated, and is not called refused. */
    @Test
    void aWriteWhoseReplyIsLostIsIndeterminateAndHappensOnce() {
        LockVersion created = written(lock.create(heldBy("a")));
        proxy.cutReplies();
        failure(LockIndeterminateException.class, lock.update(heldBy("b"), created));
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(2, onlooker.get(PATH).orElseThrow().version(), "made, filled and written once");
        }
        assertEquals("b", read(lock).orElseThrow().record().holderIdentity());
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("c"), created)));
    }

    /** Pain 7: what was read before the session expired is compared after it all the same. */
    @Test
    void aSessionThatExpiresTakesNothingFromTheRecordAndTheLockGoesOn() {
        LockVersion created = written(lock.create(heldBy("a")));
        Told told = watched();
        proxy.cut();
        Eventually.isTrue(
                "the server ends the session", () -> server.counts().getOrDefault("global_sessions", -1L) == 0);
        proxy.resetConnections();
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(created, read(lock).orElseThrow().version());
        LockVersion next = written(lock.update(heldBy("b"), created));
        assertTrue(next.order() > created.order());
        awaitOrBroken(told, "b");
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("c"), created)));
    }

    @Test
    void aWatchOutlivesARestart() {
        Told told = watched();
        server.restart();
        putHolder("after");
        awaitOrBroken(told, "after");
    }

    @Test
    void aWatchNoticesThatZooKeeperLostItsData() {
        for (int i = 0; i < 20; i++) {
            putHolder("before");
        }
        Told told = watched();
        told.await("before");
        server.restartEmpty();
        awaitOrBroken(told, "nothing");
        putHolder("after");
        Told next = new Told();
        lock.watch(next);
        next.await("after");
    }

    @Test
    void aWatchThatIsCutForLongSaysThatItIsBrokenAndNothingFollows() {
        Told told = watched();
        proxy.cut();
        told.await("LockUnavailableException");
        int count = told.events().size();
        proxy.resetConnections();
        proxy.heal();
        putHolder("after");
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        Told next = new Told();
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
        proxy.resetConnections();
        putHolder("lost");
        told.await("lost");
    }

    /** The data version of the new znode is that of the old one: only the incarnation tells them apart. */
    @Test
    void aWriteUponARecordThatWasDeletedAndMadeAgainIsRefusedThoughTheVersionsAreEqual() {
        LockVersion old = written(lock.update(heldBy("a"), written(lock.create(heldBy("a")))));
        int oldDataVersion;
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            oldDataVersion = onlooker.get(PATH).orElseThrow().version();
            onlooker.delete(PATH);
        }
        LockVersion rival = written(lock.update(heldBy("b"), written(lock.create(heldBy("b")))));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(oldDataVersion, onlooker.get(PATH).orElseThrow().version());
        }

        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), old)));
        assertEquals(rival, read(lock).orElseThrow().version());
        assertTrue(rival.order() > old.order());
    }

    /** An emptied ZooKeeper counts from the beginning again, zxids as well as data versions. */
    @Test
    void aVersionFromBeforeZooKeeperLostItsDataConflictsThoughTheNewRecordHasItsZxid() {
        countOn();
        assertConflictsAfterTheLoss(written(lock.create(heldBy("a"))));
    }

    @Test
    void soDoesTheVersionOfARecordThatHadNoGuard() {
        countOn();
        putHolder("by hand");
        assertConflictsAfterTheLoss(read(lock).orElseThrow().version());
    }

    /** So that the zxids that come are above those of the first sessions after a loss. */
    private void countOn() {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            for (int i = 0; i < 20; i++) {
                onlooker.put("/filler", "something");
            }
        }
    }

    private void assertConflictsAfterTheLoss(LockVersion old) {
        lock.close(); // which would open sessions at any time, and each takes a zxid
        server.restartEmpty();
        ZooKeeperLocks.Builder direct = ZooKeeperLocks.builder().connectString(server.connectString());
        try (ZooKeeperOnlooker onlooker = server.onlooker();
                ResourceLock late = direct.lock(NAME, "late");
                ResourceLock rival = direct.lock(NAME, "rival")) {
            onlooker.makeIfAbsent(ZooKeeperLocks.DEFAULT_PREFIX, ZooDefs.Ids.OPEN_ACL_UNSAFE);
            assertEquals(Optional.empty(), read(late));
            assertEquals(Optional.empty(), read(rival));
            onlooker.put("/filler", "something");
            long zxid = onlooker.get("/filler").orElseThrow().zxid();
            for (; zxid < old.order() - 1; zxid++) {
                onlooker.makeIfAbsent("/filler", ZooDefs.Ids.OPEN_ACL_UNSAFE); // which is refused, and takes a zxid
            }
            LockVersion live = written(rival.create(heldBy("rival")));
            assertEquals(old.order(), live.order());
            assertNotEquals(old, live);
            assertEquals(WriteResult.conflict(), answer(late.update(heldBy("late"), old)));
            assertEquals(live, read(late).orElseThrow().version());
        }
    }

    /** A znode may be made as the parent of another election's before an election of its own begins there. */
    @Test
    void aZnodeThatWasMadeAsAParentCountsAsNoRecordAndCanBecomeOne() {
        try (ResourceLock below =
                ZooKeeperLocks.builder().connectString(server.connectString()).lock(NAME + "/below", "b")) {
            written(below.create(heldBy("b")));
            assertEquals(Optional.empty(), read(lock));
            LockVersion version = written(lock.create(heldBy("a")));
            assertEquals(version, read(lock).orElseThrow().version());
            assertEquals(WriteResult.conflict(), answer(lock.create(heldBy("c"))));
            written(lock.update(heldBy("a"), version));
            assertEquals("b", read(below).orElseThrow().record().holderIdentity());
        }
    }

    /** Somebody may write a record by hand, or bring one back from a backup without the child that guards it. */
    @Test
    void aRecordWithoutItsGuardIsTakenOverAndGuardedFromThenOn() {
        putHolder("by hand");
        LockVersion byHand = read(lock).orElseThrow().version();
        LockVersion ours = written(lock.update(heldBy("a"), byHand));
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("b"), byHand)));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(1, onlooker.children(PATH).size());
            String text = onlooker.get(PATH).orElseThrow().text();
            onlooker.delete(PATH);
            onlooker.put(PATH, text);
        }
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("b"), ours)));
        LockVersion restored = read(lock).orElseThrow().version();
        LockVersion next = written(lock.update(heldBy("b"), restored));
        written(lock.update(heldBy("c"), next));
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(1, onlooker.children(PATH).size());
        }
    }
}
