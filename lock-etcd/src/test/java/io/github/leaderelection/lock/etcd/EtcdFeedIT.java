package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdUsers;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many watches, and one stream that tells them all. */
class EtcdFeedIT {

    private static final String PREFIX = "/registry/feed";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private EtcdLocks.Builder over(String endpoint) {
        return EtcdLocks.builder().endpoints(endpoint).prefix(PREFIX).leases(Leases.SESSION);
    }

    /** One lock of each of so many elections, and what its watch tells. */
    private record Watched(ResourceLock lock, Told told) {

        static List<Watched> many(EtcdLocks locks, int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> of(locks.lock("election-" + i, "a")))
                    .toList();
        }

        static Watched of(ResourceLock lock) {
            Told told = new Told();
            lock.watch(told);
            return new Watched(lock, told);
        }
    }

    private static void awaitAll(List<Watched> all, String expected) {
        all.forEach(watched -> watched.told().await(expected));
    }

    private static String record(String holder) {
        return "{\"spec\":{\"holderIdentity\":\"" + holder + "\"}}";
    }

    private static long executorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("grpc-default-executor"))
                .count();
    }

    @Test
    void aThousandWatchesAreToldThroughOneStreamAndNoThreadOfTheirOwn() {
        EtcdServer etcd = closing(EtcdServer.start());
        long threads = executorThreads();
        EtcdLocks locks = closing(over(etcd.endpoint()).connect());
        List<Watched> all = Watched.many(locks, 1000);
        awaitAll(all, "nothing");
        List<CompletableFuture<?>> writes = new ArrayList<>();
        all.forEach(watched -> writes.add(watched.lock().create(heldBy("a")).toCompletableFuture()));
        writes.forEach(CompletableFuture::join);
        awaitAll(all, "a");
        assertTrue(executorThreads() <= threads, "gRPC started threads of its pool");
        locks.close();
        awaitAll(all, "LockUnavailableException");
        Eventually.isTrue("the one stream has ended", () -> etcd.requestCounts().getOrDefault("Watch", 0L) == 1);
    }

    @Test
    void whatIsWatchedIsReadManyKeysAtATimeWhenTheStreamBeginsAnew() {
        EtcdServer etcd = closing(EtcdServer.start());
        EtcdLocks locks = closing(over(etcd.endpoint()).connect());
        for (int i = 0; i < 1000; i += 100) {
            etcd.put(PREFIX + "/election-" + i, record("before"));
        }
        List<Watched> all = Watched.many(locks, 1000);
        all.forEach(watched -> Eventually.isTrue(
                "a state is told", () -> !watched.told().events().isEmpty()));
        etcd.restart();
        etcd.put(PREFIX + "/election-0", record("after"));
        all.get(0).told().await("after");
        all.forEach(watched -> Eventually.isTrue(
                "the state is told again", () -> watched.told().events().size() >= 2));
        long requests = etcd.requestCounts().getOrDefault("Txn", 0L)
                + etcd.requestCounts().getOrDefault("Range", 0L);
        assertTrue(requests < 200, "for 1000 watches " + requests + " requests were made");
        assertEquals(List.of("before", "before"), all.get(100).told().events());
        assertEquals(List.of("nothing", "nothing"), all.get(101).told().events());
    }

    @Test
    void eachWatchIsToldTheChangesOfItsKeyInOrder() {
        EtcdServer etcd = EtcdServer.shared();
        EtcdLocks locks = closing(EtcdLocks.builder()
                .endpoints(etcd.endpoint())
                .prefix(PREFIX + "/order")
                .leases(Leases.SESSION)
                .connect());
        List<Watched> all = Watched.many(locks, 10);
        awaitAll(all, "nothing");
        List<LockVersion> versions = new ArrayList<>();
        all.forEach(watched -> versions.add(written(watched.lock().create(heldBy("0")))));
        for (int change = 1; change < 30; change++) {
            for (int i = 0; i < all.size(); i++) {
                versions.set(i, written(all.get(i).lock().update(heldBy(Integer.toString(change)), versions.get(i))));
            }
        }
        awaitAll(all, "29");
        List<String> expected = new ArrayList<>(List.of("nothing"));
        IntStream.range(0, 30).mapToObj(Integer::toString).forEach(expected::add);
        all.forEach(watched -> assertEquals(expected, watched.told().events()));
    }

    @Test
    void watchesOfOneKeyAreToldAndClosedEachForItself() {
        EtcdServer etcd = closing(EtcdServer.start());
        EtcdLocks locks = closing(over(etcd.endpoint()).connect());
        ResourceLock first = locks.lock("demo", "a");
        ResourceLock second = locks.lock("demo", "b");
        Told closed = new Told();
        Subscription subscription = first.watch(closed);
        List<Watched> others = List.of(Watched.of(first), Watched.of(second), Watched.of(second));
        closed.await("nothing");
        awaitAll(others, "nothing");
        subscription.close();
        subscription.close();
        LockVersion version = written(first.create(heldBy("a")));
        awaitAll(others, "a");
        assertEquals(List.of("nothing"), closed.events());
        second.close();
        others.get(1).told().await("LockUnavailableException");
        others.get(2).told().await("LockUnavailableException");
        assertThrows(LockUnavailableException.class, () -> second.watch(new Told()));
        written(first.update(heldBy("b"), version));
        others.get(0).told().await("b");
        first.close();
        Eventually.isTrue(
                "the stream ends when nobody watches",
                () -> etcd.requestCounts().getOrDefault("Watch", 0L) == 1);
        Watched.of(locks.lock("demo", "c")).told().await("b");
    }

    @Test
    void aThrowingWatcherDoesNotKeepTheOthersFromBeingTold() {
        EtcdLocks locks = closing(over(EtcdServer.shared().endpoint()).connect());
        Told before = new Told();
        Told after = new Told();
        ResourceLock lock = locks.lock("throwing", "a");
        lock.watch(before);
        lock.watch(new LockWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> snapshot) {
                throw new IllegalStateException("thrown on purpose");
            }

            @Override
            public void onMalformed(MalformedRecordException error) {}

            @Override
            public void onBroken(LockException cause) {
                throw new IllegalStateException("thrown on purpose");
            }
        });
        lock.watch(after);
        before.await("nothing");
        after.await("nothing");
        lock.close();
        before.await("LockUnavailableException");
        after.await("LockUnavailableException");
    }

    @Test
    void allCatchUpAfterAGapAndAreBrokenWhenItLasts() {
        EtcdServer etcd = closing(EtcdServer.start());
        TcpProxy proxy = closing(TcpProxy.to(etcd.port()));
        EtcdLocks locks = closing(over("http://127.0.0.1:" + proxy.port())
                .requestTimeout(Duration.ofMillis(500))
                .connect());
        List<Watched> all = Watched.many(locks, 250);
        awaitAll(all, "nothing");
        proxy.cut();
        IntStream.range(0, 250).forEach(i -> etcd.put(PREFIX + "/election-" + i, record("during")));
        etcd.compact();
        proxy.resetConnections();
        proxy.heal();
        awaitAll(all, "during");
        proxy.cut();
        awaitAll(all, "LockUnavailableException");
        proxy.heal();
        Eventually.isTrue("the locks read again", () -> reads(all.get(0).lock()));
        List<Watched> again =
                all.stream().map(watched -> Watched.of(watched.lock())).toList();
        awaitAll(again, "during");
        etcd.restartEmpty();
        etcd.put(PREFIX + "/election-7", record("new"));
        again.get(7).told().await("new");
        again.get(8).told().await("nothing");
    }

    @Test
    void recordsThatAreTooLargeToBeReadTogetherAreReadInSmallerNumbers() {
        EtcdServer etcd = closing(EtcdServer.start());
        String large = "{\"metadata\":{\"annotations\":{\"x\":\"" + "y".repeat(150_000)
                + "\"}},\"spec\":{\"holderIdentity\":\"a\"}}";
        IntStream.range(0, 60).forEach(i -> etcd.put(PREFIX + "/election-" + i, large));
        EtcdLocks locks = closing(over(etcd.endpoint()).connect());
        awaitAll(Watched.many(locks, 60), "a");
    }

    @Test
    void anEtcdThatTakesFewOperationsAtATimeIsAskedForFewer() {
        EtcdServer etcd =
                closing(EtcdServer.builder().flag("--max-txn-ops", "5").start());
        EtcdLocks locks = closing(over(etcd.endpoint()).connect());
        awaitAll(Watched.many(locks, 60), "nothing");
    }

    @Test
    void aKeyBesideThePrefixIsWatchedByItself() {
        EtcdLocks locks = closing(over(EtcdServer.shared().endpoint()).connect());
        Watched beside = Watched.of(locks.lock("../beside/demo", "a"));
        beside.told().await("nothing");
        written(beside.lock().create(heldBy("a")));
        beside.told().await("a");
    }

    @Test
    void aPrefixThatIsAllOfEtcdIsNotWatched() {
        assertEquals(Optional.empty(), EtcdRange.below(""));
        assertEquals(Optional.empty(), EtcdRange.below("/"));
        assertEquals(Optional.empty(), EtcdRange.below("/a/.."));
        assertEquals("a/", EtcdRange.below("a").orElseThrow().key().toString());
        assertEquals("/a/", EtcdRange.below("//a/").orElseThrow().key().toString());
    }

    @Test
    void whoeverMayNotReadAllOfThePrefixIsToldWhatToGrant() {
        EtcdServer etcd =
                closing(EtcdServer.builder().flag("--bcrypt-cost", "4").start());
        etcd.users().add("narrow", "narrow's secret");
        etcd.users().grant("narrow", EtcdUsers.Permission.READWRITE, PREFIX + "/demo");
        etcd.users().add("wide", "wide's secret");
        etcd.users().grant("wide", EtcdUsers.Permission.READWRITE, PREFIX + "/");
        etcd.users().enable("root's secret");

        EtcdLocks narrow =
                closing(over(etcd.endpoint()).user("narrow", "narrow's secret").connect());
        ResourceLock lock = narrow.lock("demo", "a");
        assertEquals(Optional.empty(), read(lock));
        CompletableFuture<LockException> broken = new CompletableFuture<>();
        lock.watch(new LockWatcher() {
            @Override
            public void onRecord(Optional<LockSnapshot> snapshot) {}

            @Override
            public void onMalformed(MalformedRecordException error) {}

            @Override
            public void onBroken(LockException cause) {
                broken.completeExceptionally(cause);
            }
        });
        String message =
                String.valueOf(failure(LockDeniedException.class, broken).getMessage());
        assertTrue(
                message.contains("grant-permission --prefix=true ROLE readwrite " + PREFIX + "/)")
                        && message.contains("user 'narrow'"),
                message);

        EtcdLocks wide =
                closing(over(etcd.endpoint()).user("wide", "wide's secret").connect());
        List<Watched> all = Watched.many(wide, 150);
        awaitAll(all, "nothing");
        etcd.users().changePassword("wide", "wide's secret");
        written(all.get(149).lock().create(heldBy("a")));
        all.get(149).told().await("a");
    }
}
