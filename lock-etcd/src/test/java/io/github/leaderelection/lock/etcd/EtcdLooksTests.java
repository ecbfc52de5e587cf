package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EtcdLooksTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final SilentEtcd etcd = new SilentEtcd();
    private final EtcdLocks locks =
            EtcdLocks.builder().endpoints(etcd.endpoint()).requestTimeout(LONG).connect();
    private final ResourceLock open = locks.lock("open", "a");
    private int number;

    @AfterEach
    void close() {
        locks.close();
        etcd.close();
    }

    private CompletableFuture<?> look(Duration patience) {
        return locks.lock("demo" + number++, "a").look(patience).toCompletableFuture();
    }

    @Test
    void looksAreSentTogetherWhenOneOfThemCanWaitNoLonger() {
        look(LONG);
        look(LONG);
        look(Duration.ofMillis(20));
        Eventually.isTrue("they are sent", () -> etcd.takenCount() > 0);
        look(LONG);
        look(Duration.ofMillis(20));
        Eventually.isTrue("and the next ones", () -> etcd.takenCount() > 1);
        assertEquals(2, etcd.takenCount());
    }

    @Test
    void asManyAsOneRequestCanCarryDoNotWait() {
        for (int i = 0; i < 100; i++) {
            assertEquals(0, etcd.takenCount());
            look(LONG);
        }
        Eventually.isTrue("they are sent", () -> etcd.takenCount() == 1);
    }

    @Test
    void noLookOutlivesItsClient() {
        CompletableFuture<?> waiting = look(LONG);
        locks.close();
        failure(LockUnavailableException.class, waiting);
        failure(LockUnavailableException.class, open.look(LONG));
        assertEquals(0, etcd.takenCount());
    }

    @Test
    void whoeverGaveUpIsNotAskedFor() {
        look(LONG).cancel(false);
        look(Duration.ofMillis(20)).cancel(false);
        look(Duration.ofMillis(100));
        Eventually.isTrue("one is sent", () -> etcd.takenCount() == 1);
    }
}
