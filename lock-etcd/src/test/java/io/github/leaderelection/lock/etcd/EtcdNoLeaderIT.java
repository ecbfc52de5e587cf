package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.EtcdCluster;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Pain 13: one member of three that is left alone. It could let requests wait for a leader, and keep a watch open on which
 * nothing will ever come.
 */
class EtcdNoLeaderIT {

    private static final String NO_LEADER = "etcdserver: no leader";

    private final EtcdCluster cluster = EtcdCluster.start();

    @AfterEach
    void close() {
        cluster.close();
    }

    private ResourceLock overTheLast(Duration requestTimeout) {
        return EtcdLocks.builder()
                .endpoints(cluster.members().get(2).endpoint())
                .requestTimeout(requestTimeout)
                .lock("demo", "a");
    }

    private void endTheOthers() {
        cluster.members().get(0).kill();
        cluster.members().get(1).kill();
    }

    private static String refusal(CompletionStage<?> stage) {
        return String.valueOf(failure(LockUnavailableException.class, stage).getMessage());
    }

    /** Without being asked to, etcd would let each of them wait for seven seconds. */
    @Test
    void readsAndWritesAreRefusedAtOnceAndByName() {
        try (ResourceLock lock = overTheLast(Duration.ofSeconds(20))) {
            LockVersion created = written(lock.create(heldBy("a")));
            endTheOthers();
            Eventually.isTrue("the member notices", () -> refusal(lock.get()).contains(NO_LEADER));
            long begin = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertNamed(refusal(lock.get()));
                assertNamed(refusal(lock.update(heldBy("b"), created)));
            }
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            assertTrue(taken.compareTo(Duration.ofSeconds(7)) < 0, "ten requests took " + taken);
            cluster.restart();
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            written(lock.update(heldBy("b"), created));
        }
    }

    /** As {@link EtcdLocks.Builder#client} says. */
    @Test
    void theRequestsOfAClientThatWasHandedInAreRefusedByNameIfItIsBuiltForThat() {
        try (Client client = Client.builder()
                        .endpoints(cluster.members().get(2).endpoint())
                        .waitForReady(false)
                        .retryMaxAttempts(0)
                        .header("hasleader", "true")
                        .build();
                EtcdLocks locks = EtcdLocks.builder().client(client).connect()) {
            ResourceLock lock = locks.lock("demo", "a");
            LockVersion created = written(lock.create(heldBy("a")));
            endTheOthers();
            Eventually.isTrue("the member notices", () -> refusal(lock.get()).contains(NO_LEADER));
            assertNamed(refusal(lock.update(heldBy("b"), created)));
        }
    }

    private static void assertNamed(String refusal) {
        assertTrue(refusal.contains(NO_LEADER), refusal);
    }

    @Test
    void aWatchIsEndedByName() {
        try (ResourceLock lock = overTheLast(Duration.ofSeconds(1))) {
            Watcher watcher = new Watcher();
            lock.watch(watcher);
            watcher.told.await("nothing");
            endTheOthers();
            watcher.told.await("LockUnavailableException");
            assertNamed(String.valueOf(watcher.cause.join().getMessage()));
            cluster.restart();
            Told next = new Told();
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            lock.watch(next);
            next.await("nothing");
        }
    }

    /** Keeps the cause of the end as well. */
    private static final class Watcher implements LockWatcher {
        private final Told told = new Told();
        private final CompletableFuture<LockException> cause = new CompletableFuture<>();

        @Override
        public void onRecord(Optional<LockSnapshot> snapshot) {
            told.onRecord(snapshot);
        }

        @Override
        public void onMalformed(MalformedRecordException error) {
            told.onMalformed(error);
        }

        @Override
        public void onBroken(LockException broken) {
            cause.complete(broken);
            told.onBroken(broken);
        }
    }
}
