package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.MachineSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ElectionLoopTests {

    private static final long SECOND = 1_000_000_000L;

    /**
     * Pain 23: a timer that fires while it is being replaced by a sooner one must not leave a second one behind, which
     * would step the machine for ever. Here it fires while the step begins that takes in the reply to a renewal.
     */
    @Test
    void anElectorHasOneTimerHoweverItsEventsFall() {
        Rig rig = new Rig(false, config -> {});
        AtomicInteger slowSteps = new AtomicInteger();
        rig.time.whenWallTime = () -> {
            if (slowSteps.getAndSet(0) == 1) {
                rig.time.advance(Duration.ofMillis(2500), () -> {});
            }
        };
        rig.start();
        for (int renewal = 0; renewal < 3; renewal++) {
            rig.lock.writes.add(act -> {
                slowSteps.set(1);
                return CompletableFuture.completedFuture(act.get());
            });
        }
        for (int second = 0; second < 60; second++) {
            rig.advanceSeconds(1);
        }
        assertEquals(0, rig.lock.writes.size());
        assertEquals(1, rig.time.pendingCount());
        rig.close();
    }

    /** Pain 23. */
    @Test
    void aClosedElectorLeavesNoTimerBehind() {
        Rig rig = new Rig().start();
        rig.advanceSeconds(7);
        assertTrue(rig.elector.isLeader());
        rig.close();
        assertEquals(0, rig.time.pendingCount());
        assertEquals(1, rig.told.count("closed"));
    }

    /** Pain 23. */
    @Test
    void anElectorThatIsIdleAfterItsTenureLeavesNoTimerBehind() {
        Rig rig = new Rig();
        Thread run = rig.running();
        rig.settle();
        assertTrue(rig.elector.isLeader());
        rig.elector.stepDown();
        rig.settle();
        Rig.join(run);
        assertEquals(0, rig.time.pendingCount());
    }

    /** What is due is stepped with the latest proof: one step in several seconds, and not one to ask for it and one to be told. */
    @Test
    void aLeaderBySessionIsExtendedByEachOfItsSteps() {
        HandClock time = new HandClock();
        TaskQueue tasks = new TaskQueue();
        Counter counter = new Counter();
        ElectionLoop loop = new ElectionLoop(
                new MachineSettings("a", 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, true, true),
                new ScriptedLock(true, Optional.of(new ScriptedSessions())),
                new Clock(time),
                new SplittableRandom(1),
                tasks,
                counter);
        loop.post(new ElectionEvent.StartRequested(Mode.CONTINUOUS));
        for (int second = 0; second < 20; second++) {
            time.advance(Duration.ofSeconds(1), tasks::runAll);
        }
        counter.steps = 0;
        counter.extensions = 0;
        for (int second = 20; second < 35; second++) {
            time.advance(Duration.ofSeconds(1), tasks::runAll);
        }
        assertTrue(counter.extensions > 0);
        assertEquals(counter.extensions, counter.steps);
    }

    private static final class Counter extends QuietOwner {
        private int steps;
        private int extensions;

        @Override
        public void onStep(ElectionMachine machine) {
            steps++;
        }

        @Override
        public void onAction(ElectionAction action) {
            if (action instanceof ElectionAction.ExtendTenure) {
                extensions++;
            }
        }
    }
}
