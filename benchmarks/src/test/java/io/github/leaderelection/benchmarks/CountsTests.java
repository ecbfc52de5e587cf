package io.github.leaderelection.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CountsTests {

    private static final LeaderElectionRecord RECORD =
            new LeaderElectionRecord("a", Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0);

    @Test
    void refusedWritesAreCountedAsSuch() {
        WriteCounts counts = new WriteCounts();
        ResourceLock lock = counts.counting(new InMemorySpace().lock("election", "a"));
        WriteResult first = lock.create(RECORD).toCompletableFuture().join();
        WriteResult second = lock.create(RECORD).toCompletableFuture().join();
        assertEquals(WriteResult.Written.class, first.getClass());
        assertEquals(WriteResult.Conflict.class, second.getClass());
        assertEquals(2, counts.writes());
        assertEquals(1, counts.conflicts());
    }

    @Test
    void evenWritesDoNotVary() {
        assertEquals(0, WriteCounts.variation(List.of(5L, 5L, 5L)));
        assertEquals(1, WriteCounts.variation(List.of(0L, 10L)));
    }

    @Test
    void messagesOfAllMethodsOfEtcdAreAddedUp() {
        assertEquals(
                1007,
                EtcdMessages.sum("# HELP grpc_server_msg_received_total of streams\n"
                        + "grpc_server_msg_received_total{grpc_method=\"Txn\",grpc_type=\"unary\"} 7\n"
                        + "grpc_server_msg_received_total{grpc_method=\"LeaseKeepAlive\",grpc_type=\"bidi_stream\"} 1e+03\n"
                        + "grpc_server_msg_sent_total{grpc_method=\"Txn\",grpc_type=\"unary\"} 7\n"));
    }

    @Test
    void figuresGoThroughALine() {
        LoadFigures figures = new LoadFigures(11, 1.5, 600, 60, 2, 15_000, 0.25);
        assertEquals(figures, LoadFigures.parse(figures.toString()));
        assertEquals(1, figures.corePercent());
    }
}
