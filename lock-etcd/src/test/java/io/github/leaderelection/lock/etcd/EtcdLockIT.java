package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.EtcdServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is particular to etcd, on a member that is well. */
class EtcdLockIT {

    private final EtcdServer etcd = EtcdServer.shared();
    private final String election = freshElection();
    private final String key = EtcdLocks.DEFAULT_PREFIX + "/" + election;
    private final EtcdLocks locks =
            EtcdLocks.builder().endpoints(etcd.endpoint()).connect();

    @AfterEach
    void close() {
        locks.close();
    }

    private String stored() {
        return etcd.get(key).orElseThrow().text();
    }

    @Test
    void theValueIsLetterForLetterThatOfTheGoPackage() {
        ResourceLock lock = locks.lock(election, "pod-a");
        LockVersion created = written(lock.create(heldBy("pod-a")));
        String expected = "{\"metadata\":{\"name\":\"" + election + "\",\"namespace\":\"/registry/leaderelection\","
                + "\"creationTimestamp\":null},\"spec\":{\"holderIdentity\":\"pod-a\",\"leaseDurationSeconds\":15,"
                + "\"acquireTime\":\"2026-11-22T07:24:54.924100Z\",\"renewTime\":\"2026-11-22T07:24:54.924100Z\","
                + "\"leaseTransitions\":0}}";
        assertEquals(expected, stored());
        assertEquals(etcd.get(key).orElseThrow().modRevision(), created.order());
        LockVersion updated = written(lock.update(heldBy("pod-b"), created));
        assertEquals(expected.replace("pod-a", "pod-b"), stored());
        assertEquals(etcd.get(key).orElseThrow().modRevision(), updated.order());
    }

    @Test
    void whatOthersPutIntoTheDocumentSurvivesOurUpdates() {
        etcd.put(key, "{\"kind\":\"Lease\",\"metadata\":{\"labels\":{\"a\":1.50}},\"spec\":{\"strategy\":\"x\"}}");
        ResourceLock lock = locks.lock(election, "a");
        LockSnapshot found = read(lock).orElseThrow();
        LockVersion first = written(lock.update(heldBy("a"), found.version()));
        written(lock.update(heldBy("b"), first));
        assertEquals(
                "{\"kind\":\"Lease\",\"metadata\":{\"labels\":{\"a\":1.50}},\"spec\":{\"strategy\":\"x\","
                        + "\"holderIdentity\":\"b\",\"leaseDurationSeconds\":15,"
                        + "\"acquireTime\":\"2026-11-22T07:24:54.924100Z\","
                        + "\"renewTime\":\"2026-11-22T07:24:54.924100Z\",\"leaseTransitions\":0}}",
                stored());
    }

    @Test
    void aValueThatIsNoLeaseIsReportedByItsKeyAndNeverOverwritten() {
        ResourceLock lock = locks.lock(election, "a");
        LockVersion created = written(lock.create(heldBy("a")));
        etcd.put(key, "something else");
        MalformedRecordException malformed = failure(MalformedRecordException.class, lock.get());
        assertTrue(String.valueOf(malformed.getMessage()).contains("etcd key " + key + " at " + etcd.endpoint()));
        assertEquals(WriteResult.conflict(), answer(lock.create(heldBy("a"))));
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), created)));
        assertEquals("something else", stored());
    }

    @Test
    void namesThatMakeTheSamePathMeet() {
        ResourceLock plain = locks.lock(election, "a");
        ResourceLock winding = locks.lock("x/..//./" + election + "/", "b");
        LockVersion created = written(plain.create(heldBy("a")));
        assertEquals(created, read(winding).orElseThrow().version());
    }

    @Test
    void leasesThatAreNoWholeSecondsAreRefusedAtOnce() {
        ResourceLock lock = locks.lock(election, "a");
        LeaderElectionRecord halves =
                new LeaderElectionRecord("a", Duration.ofMillis(1500), Optional.empty(), Optional.empty(), 0);
        assertThrows(IllegalArgumentException.class, () -> lock.create(halves));
        assertEquals(Optional.empty(), etcd.get(key));
    }

    @Test
    void aVersionOfAnotherKindIsRefused() {
        ResourceLock lock = locks.lock(election, "a");
        LockVersion foreign = () -> 1;
        assertThrows(IllegalArgumentException.class, () -> lock.update(heldBy("a"), foreign));
    }

    @Test
    void manyCandidatesShareOneConnection() {
        var candidates = IntStream.range(0, 50)
                .mapToObj(i -> locks.lock(election, "candidate-" + i))
                .toList();
        var watches = candidates.stream()
                .map(lock -> {
                    Told told = new Told();
                    lock.watch(told);
                    return told;
                })
                .toList();
        long winners =
                candidates.stream()
                        .map(lock -> lock.create(heldBy(lock.identity())).toCompletableFuture())
                        .toList()
                        .stream()
                        .filter(write -> answer(write) instanceof WriteResult.Written)
                        .count();
        assertEquals(1, winners);
        String winner = read(candidates.get(0)).orElseThrow().record().holderIdentity();
        watches.forEach(told -> told.await(winner));
        candidates.get(0).close();
        assertTrue(read(candidates.get(1)).isPresent());
    }

    /** Pain 18: what a watch tells is not asked for. */
    @Test
    void aWatchThatStandsReadsNothing() {
        try (EtcdServer own = EtcdServer.start();
                EtcdLocks quick = EtcdLocks.builder()
                        .endpoints(own.endpoint())
                        .requestTimeout(Duration.ofSeconds(1))
                        .connect()) {
            ResourceLock lock = quick.lock(election, "a");
            Told told = new Told();
            lock.watch(told);
            told.await("nothing");
            long reads = own.requestCounts().getOrDefault("Range", 0L);
            LockVersion version = written(lock.create(heldBy("holder-0")));
            long begin = System.nanoTime();
            for (int i = 1; System.nanoTime() - begin < Duration.ofSeconds(4).toNanos(); i++) {
                version = written(lock.update(heldBy("holder-" + i), version));
                told.await("holder-" + i);
            }
            assertEquals(reads, own.requestCounts().get("Range"));
        }
    }

    @Test
    void aClientThatWasHandedInWorksAndStaysOpen() throws Exception {
        try (Client client = Client.builder().endpoints(etcd.endpoint()).build()) {
            EtcdLocks borrowed = EtcdLocks.builder().client(client).connect();
            ResourceLock lock = borrowed.lock(election, "a");
            Told told = new Told();
            lock.watch(told);
            told.await("nothing");
            LockVersion created = written(lock.create(heldBy("a")));
            written(lock.update(heldBy("b"), created));
            told.await("b");
            assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("c"), created)));
            borrowed.close();
            told.await("LockUnavailableException");
            etcd.put(key, "nobody watches any more");
            ByteSequence bytes = ByteSequence.from(key, StandardCharsets.UTF_8);
            assertEquals(1, answer(client.getKVClient().get(bytes)).getCount());
        }
    }

    @Test
    void aClientThatWasHandedInGetsADeadlineToo() {
        try (Client client = Client.builder().endpoints("http://127.0.0.1:1").build()) {
            try (EtcdLocks borrowed = EtcdLocks.builder()
                    .client(client)
                    .requestTimeout(Duration.ofMillis(200))
                    .connect()) {
                failure(
                        LockUnavailableException.class,
                        borrowed.lock(election, "a").get());
            }
        }
    }

    @Test
    void oneDeadEndpointOfTwoDoesNotMatter() {
        try (ResourceLock lock = EtcdLocks.builder()
                .endpoints("http://127.0.0.1:1", etcd.endpoint())
                .lock(election, "a")) {
            LockVersion created = written(lock.create(heldBy("a")));
            for (int i = 0; i < 10; i++) {
                assertEquals(created, read(lock).orElseThrow().version());
            }
        }
    }

    /** Pain 23. */
    @Test
    void theThreadEndsWithTheLocks() {
        Told told = new Told();
        locks.lock(election, "a").watch(told);
        told.await("nothing");
        Set<Thread> threads = threadsOfLocks();
        assertFalse(threads.isEmpty());
        locks.close();
        Eventually.isTrue("the thread has ended", () -> threadsOfLocks().isEmpty());
    }

    private static Set<Thread> threadsOfLocks() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("leaderelection-etcd"))
                .collect(Collectors.toSet());
    }
}
