package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.heldBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pain 16: an elector cancels what it does not wait for any more, and that is long before the request's own deadline. */
class EtcdAbandonedCallTests {

    private final SilentEtcd etcd = new SilentEtcd();
    private final ResourceLock lock = EtcdLocks.builder()
            .endpoints(etcd.endpoint())
            .requestTimeout(Duration.ofHours(1))
            .lock("demo", "a");

    @AfterEach
    void close() {
        lock.close();
        etcd.close();
    }

    private record Request(String name, Function<ResourceLock, CompletionStage<?>> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Request> requests() {
        ByteSequence value = ByteSequence.from(new LeaseCodec("demo", "/", "here").encode(heldBy("a")));
        return List.of(
                new Request("get", ResourceLock::get),
                new Request("create", lock -> lock.create(heldBy("a"))),
                new Request("update", lock -> lock.update(heldBy("b"), new EtcdVersion(7, value))),
                new Request("open", lock -> sessions(lock).open(Duration.ofSeconds(15))),
                new Request("keep alive", lock -> session(lock).keepAlive(true)),
                new Request("end", lock -> session(lock).end()));
    }

    private static EtcdSessions sessions(ResourceLock lock) {
        return (EtcdSessions) lock.sessions().orElseThrow();
    }

    private static EtcdSession session(ResourceLock lock) {
        return new EtcdSession(
                sessions(lock),
                new EtcdSession.Opened("0a", Duration.ofSeconds(15), Instant.now(), System.nanoTime(), 7));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsCalledOffOnTheWireWhenItsStageIsCancelled(Request request) {
        CompletableFuture<?> stage = request.call().apply(lock).toCompletableFuture();
        Eventually.isTrue("the request is there", () -> etcd.takenCount() == 1);
        assertEquals(0, etcd.calledOffCount());
        assertTrue(stage.cancel(false));
        Eventually.isTrue("the request is called off", () -> etcd.calledOffCount() == 1);
    }
}
