package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ElectionLoopTests {

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
}
