package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.MalformedRecordException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The same trouble is not repeated until it has changed or passed. */
class ErrorReportsTests {

    private final Rig rig = new Rig(false, config -> {});

    private void failReads(int count, String message) {
        for (int i = 0; i < count; i++) {
            rig.lock.reads.add(act -> CompletableFuture.failedFuture(new LockUnavailableException(message)));
        }
    }

    @Test
    void troubleThatLastsIsToldOnce() {
        failReads(20, "away");
        rig.start();
        rig.advanceSeconds(10);
        assertTrue(rig.lock.reads.size() < 15);
        assertEquals(List.of("error away"), rig.told.lines);
        rig.close();
    }

    @Test
    void troubleThatChangesIsToldAgain() {
        failReads(2, "away");
        failReads(2, "still away");
        failReads(2, "away");
        rig.start();
        rig.advanceSeconds(8);
        assertEquals(List.of("error away", "error still away", "error away"), rig.told.lines.subList(0, 3));
        rig.close();
    }

    @Test
    void troubleThatPassedIsToldAgainWhenItComesBack() {
        rig.lock.put(Rig.heldBy("b"));
        failReads(2, "away");
        rig.start();
        rig.advanceSeconds(8);
        failReads(1, "away");
        rig.advanceSeconds(8);
        assertEquals(2, rig.told.count("error away"), () -> rig.told.lines.toString());
        rig.close();
    }

    /** Reads that succeed are no sign that writes do. */
    @Test
    void troubleWithWritesIsToldOnceWhileReadsSucceed() {
        for (int i = 0; i < 20; i++) {
            rig.lock.writes.add(act -> CompletableFuture.failedFuture(new IllegalStateException("unwritable")));
        }
        rig.start();
        rig.advanceSeconds(15);
        assertTrue(rig.lock.readCount > 5);
        assertEquals(1, rig.told.count("error unwritable"), () -> rig.told.lines.toString());
        rig.close();
    }

    /** Nor is that something was read, if it was nonsense. */
    @Test
    void aRecordThatCannotBeReadIsToldOnce() {
        for (int i = 0; i < 20; i++) {
            rig.lock.reads.add(act -> malformed());
        }
        rig.start();
        rig.advanceSeconds(30);
        assertTrue(rig.lock.readCount > 5);
        assertEquals(1, rig.told.count("error nonsense"), () -> rig.told.lines.toString());
        rig.close();
    }

    /** Two troubles that last, and come in turns, are two and not many. */
    @Test
    void troublesOfReadsAndWatchesDoNotRenewEachOther() {
        Rig watching = new Rig();
        for (int i = 0; i < 20; i++) {
            watching.lock.watchFailures.add(new IllegalStateException("no watches"));
            watching.lock.reads.add(act -> CompletableFuture.failedFuture(new LockUnavailableException("no reads")));
        }
        watching.start();
        watching.advanceSeconds(15);
        assertEquals(
                List.of("error no reads", "error no watches"),
                watching.told.lines.stream().sorted().toList());
        watching.close();
    }

    private static CompletableFuture<Optional<LockSnapshot>> malformed() {
        return CompletableFuture.failedFuture(new MalformedRecordException("nonsense"));
    }
}
