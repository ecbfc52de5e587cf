package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Calls;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Electorate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An API server that freezes, restarts, forgets and is cut off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesTroubleIT {

    private static final String NAMESPACE = "default";

    private final KubeApiServer server = KubeApiServer.start();
    private final TcpProxy proxy = TcpProxy.to(server.port());
    private final KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder()
            .url("https://127.0.0.1:" + proxy.port())
            .caFile(server.caFile())
            .token(server.adminToken())
            .namespace(NAMESPACE)
            .requestTimeout(Duration.ofSeconds(2))
            .connect();
    private String name = "";
    private ResourceLock lock = locks.lock("none", "a");

    @BeforeEach
    void chooseName() {
        name = Calls.freshElection();
        lock = locks.lock(name, "a");
    }

    @AfterEach
    void closeLock() {
        lock.close();
    }

    @AfterAll
    void close() {
        locks.close();
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
        server.put(NAMESPACE, name, """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s","namespace":"%s"},
                 "spec":{"holderIdentity":"%s","leaseDurationSeconds":15}}""".formatted(name, NAMESPACE, holder));
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

    @Test
    void aWriteWithoutAConnectionIsSurelyNotAppliedNotEvenLater() {
        LockVersion created = written(lock.create(heldBy("a")));
        proxy.refuse();
        Eventually.isTrue("the lock notices that nobody is there", () -> !reads(lock));
        for (int i = 0; i < 3; i++) {
            failure(LockUnavailableException.class, lock.update(heldBy("b"), created));
        }
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(created, read(lock).orElseThrow().version());
    }

    /** Pain 9: a write whose reply is lost has happened, is not repeated, and is not called refused. */
    @Test
    void aWriteWhoseReplyIsLostIsIndeterminateAndHappensOnce() {
        LockVersion created = written(lock.create(heldBy("a")));
        long before = server.requestCounts().getOrDefault("PUT", 0L);
        proxy.cutRepliesDroppingBytes();
        failure(LockIndeterminateException.class, lock.update(heldBy("b"), created));
        proxy.resetConnections();
        proxy.heal();
        Eventually.isTrue("the lock reads again", () -> reads(lock));
        assertEquals(before + 1, server.requestCounts().getOrDefault("PUT", 0L), "sent once");
        assertEquals("b", read(lock).orElseThrow().record().holderIdentity());
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
    void aWatchNoticesThatTheServerLostItsData() {
        for (int i = 0; i < 20; i++) {
            putHolder("before-" + i);
        }
        Told told = watched();
        told.await("before-19");
        server.restartEmpty();
        awaitOrBroken(told, "nothing");
        putHolder("after");
        Told next = new Told();
        lock.watch(next);
        next.await("after");
    }

    /** Pain 12: what is compacted away is not asked for. */
    @Test
    void aWatchThatWasCutOverACompactionListsAnew() {
        putHolder("before");
        Told told = watched();
        told.await("before");
        proxy.refuse();
        putHolder("during");
        server.etcd().compact();
        server.restart();
        proxy.heal();
        awaitOrBroken(told, "during");
        putHolder("after");
        awaitOrBroken(told, "after");
    }

    @Test
    void aWatchThatIsCutForLongSaysThatItIsBrokenAndNothingFollows() {
        Told told = watched();
        proxy.refuse();
        told.await("LockUnavailableException");
        int count = told.events().size();
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

    /** Pain 10: the API server ends each stream after some time. */
    @Test
    void aWatchOutlivesTheEndOfItsStreams() {
        try (KubeApiServer hasty = KubeApiServer.builder()
                        .flag("--min-request-timeout", "1")
                        .start();
                KubernetesLeaseLocks hastyLocks = KubernetesLeaseLocks.builder()
                        .url(hasty.url())
                        .caFile(hasty.caFile())
                        .token(hasty.adminToken())
                        .connect()) {
            ResourceLock watched = hastyLocks.lock(name, "a");
            Told told = new Told();
            watched.watch(told);
            told.await("nothing");
            // Each is between one and two seconds long, and counted when it ends.
            Eventually.isTrue("three streams have ended", () -> streamsEnded(hasty) >= 3);
            written(watched.create(heldBy("a")));
            told.await("a");
            assertEquals(List.of("nothing", "a"), told.events(), "what did not change is not told again");
        }
    }

    private static long streamsEnded(KubeApiServer server) {
        return server.requestCounts().getOrDefault("LIST", 0L) - 1;
    }

    /** What stands in etcd counts, not what the cache of an API server shows: a read is no older than a write before it. */
    @Test
    void aRecordDeletedAndMadeAgainIsNotOverwrittenByWhoKnewTheFirst() {
        LockVersion old = written(lock.create(heldBy("a")));
        server.delete(NAMESPACE, name);
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), old)));
        assertTrue(server.get(NAMESPACE, name).isEmpty(), "an update brought the Lease back");
        LockVersion rival = written(lock.create(heldBy("b")));
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), old)));
        assertEquals(rival, read(lock).orElseThrow().version());
        assertTrue(rival.order() > old.order());
    }

    /** A watch is a connection: of hundreds of electors, those that lead keep none. */
    @Test
    void onlyThoseWhoWaitKeepAWatchOpen() {
        awaitOpenWatches(0); // of tests before
        try (Electorate electorate = new Electorate();
                ResourceLock other = locks.lock(name, "b")) {
            Candidate first = electorate.enter(lock, Candidate.Timing.QUICK);
            first.awaitTenure(1);
            awaitOpenWatches(0);
            Candidate second = electorate.enter(other, Candidate.Timing.QUICK);
            awaitOpenWatches(1);
            first.close();
            second.awaitTenure(1);
            awaitOpenWatches(0);
            assertEquals(1, electorate.leadersMax());
        }
    }

    private void awaitOpenWatches(int count) {
        Eventually.isTrue(count + " watches are open", () -> server.openWatches() == count);
    }
}
