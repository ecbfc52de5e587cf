package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.Surroundings;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** An elector in surroundings of its own, made by the engine that all use. */
class SurroundingsTests {

    private record Simulated(HandClock time, TaskQueue tasks, RandomGenerator random) implements Surroundings {
        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return time.wallTime();
        }

        @Override
        public Subscription schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
        }

        @Override
        public Executor executor() {
            return tasks;
        }
    }

    private final TaskQueue tasks = new TaskQueue();
    private final Rig.Told told = new Rig.Told();

    private LeaderElector started(ScriptedLock lock, long seed) {
        LeaderElector elector = new CoreEngine()
                .create(LeaderElectionConfig.builder()
                        .name("election")
                        .lock(lock)
                        .callbacks(told)
                        .timeSource(new Simulated(new HandClock(), tasks, new SplittableRandom(seed)))
                        .build());
        elector.start();
        return elector;
    }

    /** Steps, callbacks and work: each is a task that waits for its turn. */
    @Test
    void nothingRunsButInItsExecutor() {
        LeaderElector elector = started(new ScriptedLock(true, Optional.empty()), 1);
        assertFalse(elector.isLeader());
        while (!elector.isLeader()) {
            assertTrue(tasks.runOne(), "nothing is left to do, and it does not lead");
        }
        assertFalse(told.lines.contains("started 1"), "by whom?");
        tasks.runAll();
        assertTrue(told.lines.contains("started 1"), () -> told.lines.toString());
    }

    @Test
    void theMarksOfItsRecordsAreDrawnFromItsGenerator() {
        LeaderElectionRecord first = recordOf(1);
        assertEquals(first, recordOf(1));
        assertNotEquals(first, recordOf(2));
    }

    private LeaderElectionRecord recordOf(long seed) {
        ScriptedLock lock = new ScriptedLock(true, Optional.empty());
        started(lock, seed);
        tasks.runAll();
        return lock.get().toCompletableFuture().join().orElseThrow().record();
    }
}
