package io.github.leaderelection.lock.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Thousands of electors of one client ask for their records at once, and all their tenures hang on one keep-alive. */
class EtcdTurnsTests {

    private static final int AT_A_TIME = 128;

    @Test
    void aKeepAliveDoesNotStandBehindTheRequestsForRecords() {
        try (SilentEtcd etcd = new SilentEtcd();
                ResourceLock lock = EtcdLocks.builder()
                        .endpoints(etcd.endpoint())
                        .requestTimeout(Duration.ofHours(1))
                        .lock("demo", "a")) {
            List<CompletableFuture<?>> reads = new ArrayList<>();
            for (int i = 0; i < 2 * AT_A_TIME; i++) {
                reads.add(lock.get().toCompletableFuture());
            }
            Eventually.isTrue("some reads are there", () -> etcd.takenCount() == AT_A_TIME);
            EtcdSession session = new EtcdSession(
                    (EtcdSessions) lock.sessions().orElseThrow(),
                    new EtcdSession.Opened("0a", Duration.ofSeconds(15), Instant.now(), System.nanoTime(), 7));
            session.keepAlive(true);
            Eventually.isTrue("the keep-alive is there", () -> etcd.takenCount() == AT_A_TIME + 1);

            reads.subList(0, 10).forEach(read -> read.cancel(false));
            Eventually.isTrue("so many more", () -> etcd.takenCount() == AT_A_TIME + 1 + 10);
            assertEquals(10, etcd.calledOffCount());
        }
    }
}
