package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Of many who write at once, one wins. */
abstract class RaceContract extends Contract {

    private static final int CONTENDERS = 16;
    private static final int CREATE_ROUNDS = 20;

    private final CyclicBarrier meetingPoint = new CyclicBarrier(CONTENDERS);

    private List<ResourceLock> openContenders() {
        List<ResourceLock> locks = new ArrayList<>();
        for (int contender = 0; contender < CONTENDERS; contender++) {
            locks.add(open("contender-" + contender));
        }
        return locks;
    }

    private void contend(Contenders.Body body) {
        Contenders.run(CONTENDERS, harness().patience().multipliedBy(8), body);
    }

    private void meet() throws Exception {
        Duration patience = harness().patience().multipliedBy(2);
        meetingPoint.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Test
    final void exactlyOneOfManyUpdatesOfOneVersionIsWritten() {
        List<ResourceLock> locks = openContenders();
        create(locks.get(0), heldBy("nobody yet"));
        int rounds = harness().raceRounds();
        Map<LockVersion, AtomicInteger> winsByVersion = new ConcurrentHashMap<>();
        contend(contender -> {
            ResourceLock lock = locks.get(contender);
            for (int round = 0; round < rounds; round++) {
                LockVersion seen = readPresent(lock).version();
                AtomicInteger wins = winsByVersion.computeIfAbsent(seen, first -> new AtomicInteger());
                meet();
                if (await(lock.update(heldBy(lock.identity(), round), seen)) instanceof WriteResult.Written) {
                    wins.incrementAndGet();
                }
                meet();
            }
        });
        winsByVersion.forEach((version, wins) -> assertEquals(1, wins.get(), () -> "winners at " + version));
        assertEquals(rounds, winsByVersion.size(), "versions that were contended for");
    }

    @Test
    final void whatTheWinnerWroteIsWhatStands() {
        List<ResourceLock> locks = openContenders();
        create(locks.get(0), heldBy("nobody yet"));
        List<LockSnapshot> won = Collections.synchronizedList(new ArrayList<>());
        contend(contender -> {
            ResourceLock lock = locks.get(contender);
            LockVersion seen = readPresent(lock).version();
            meet();
            if (await(lock.update(heldBy(lock.identity()), seen)) instanceof WriteResult.Written written) {
                won.add(new LockSnapshot(heldBy(lock.identity()), written.version()));
            }
        });
        assertEquals(List.of(readPresent(locks.get(0))), won);
    }

    @Test
    final void exactlyOneOfManyCreatesIsWritten() {
        List<ResourceLock> locks = openContenders();
        List<AtomicInteger> winsByRound = new ArrayList<>();
        for (int round = 0; round < CREATE_ROUNDS; round++) {
            winsByRound.add(new AtomicInteger());
        }
        contend(contender -> {
            ResourceLock lock = locks.get(contender);
            for (AtomicInteger wins : winsByRound) {
                meet();
                if (await(lock.create(heldBy(lock.identity()))) instanceof WriteResult.Written) {
                    wins.incrementAndGet();
                }
                meet();
                if (contender == 0) {
                    harness().delete(election());
                }
            }
        });
        for (int round = 0; round < CREATE_ROUNDS; round++) {
            assertEquals(1, winsByRound.get(round).get(), "winners of round " + round);
        }
    }

    /** What the holder of the record does alone: the counter is plain, and wrong as soon as two are in here together. */
    private static final class CriticalSection {
        private final AtomicInteger entered = new AtomicInteger();
        private final List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        private int plainCount;

        void enter(long token) {
            entered.incrementAndGet();
            tokens.add(token);
            int before = plainCount;
            LockSupport.parkNanos(200_000);
            plainCount = before + 1;
        }
    }

    private CriticalSection contendForTenures(int tenures) {
        List<ResourceLock> locks = openContenders();
        create(locks.get(0), heldBy(""));
        CriticalSection section = new CriticalSection();
        contend(contender -> {
            ResourceLock lock = locks.get(contender);
            LockSnapshot seen = readPresent(lock);
            meet();
            while (section.entered.get() < tenures && !Thread.currentThread().isInterrupted()) {
                if (!seen.record().hasHolder()) {
                    hold(lock, seen.version(), section);
                }
                Thread.yield();
                seen = readPresent(lock);
            }
        });
        return section;
    }

    private void hold(ResourceLock lock, LockVersion seen, CriticalSection section) {
        if (await(lock.update(heldBy(lock.identity()), seen)) instanceof WriteResult.Written won) {
            section.enter(won.version().order());
            written(lock.update(heldBy(""), won.version()));
        }
    }

    @Test
    final void theHolderIsAloneAndNoIncrementIsLost() {
        CriticalSection section = contendForTenures(harness().raceRounds());
        assertEquals(section.entered.get(), section.plainCount, "increments of a plain counter by its holders");
    }

    @Test
    final void tokensGrowFromTenureToTenure() {
        List<Long> tokens = contendForTenures(harness().raceRounds()).tokens;
        for (int tenure = 1; tenure < tokens.size(); tenure++) {
            long before = tokens.get(tenure - 1);
            long token = tokens.get(tenure);
            assertTrue(token > before, "tenure " + tenure + " has token " + token + " after " + before);
        }
    }
}
