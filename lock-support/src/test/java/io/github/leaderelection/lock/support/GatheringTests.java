package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatheringTests {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final LockThread thread = new LockThread("gathering");
    private final BlockingQueue<List<Integer>> due = new LinkedBlockingQueue<>();
    private final Gathering<Integer> gathering = new Gathering<>(thread, this::take);

    private void take() {
        due.add(gathering.take());
    }

    @AfterEach
    void close() {
        thread.close();
    }

    @Test
    void theLeastPatientDecidesForAll() throws InterruptedException {
        assertEquals(1, gathering.add(1, LONG));
        assertEquals(2, gathering.add(2, SHORT));
        assertEquals(3, gathering.add(3, LONG));
        assertEquals(List.of(1, 2, 3), due.poll(30, TimeUnit.SECONDS));
        gathering.add(4, SHORT);
        assertEquals(List.of(4), due.poll(30, TimeUnit.SECONDS));
        gathering.add(5, LONG);
        assertNull(due.poll(200, TimeUnit.MILLISECONDS));
    }

    @Test
    void nothingIsAddedAfterTheClose() {
        gathering.add(1, LONG);
        assertEquals(List.of(1), gathering.close());
        assertThrows(RejectedExecutionException.class, () -> gathering.add(2, LONG));
        assertEquals(List.of(), gathering.close());
    }

    @Test
    void whoeverWasTakenBeforeHurriesNobodyElse() throws InterruptedException {
        gathering.add(1, SHORT);
        assertEquals(List.of(1), gathering.take());
        assertEquals(List.of(), gathering.take());
        gathering.add(2, LONG);
        assertNull(due.poll(200, TimeUnit.MILLISECONDS));
        gathering.add(3, SHORT);
        assertEquals(List.of(2, 3), due.poll(30, TimeUnit.SECONDS));
    }
}
