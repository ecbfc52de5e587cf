package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderMetric;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ElectionLoopTests {

    /**
     * Pain 23: a timer that fires while it is being replaced by a sooner one must not leave a second one behind, which
     * would step the machine for ever. The metric stands for whatever takes so long in between.
     */
    @Test
    void anElectorHasOneTimerHoweverItsEventsFall() {
        AtomicInteger slowRenewals = new AtomicInteger(3);
        HandClock[] time = new HandClock[1];
        Rig rig = new Rig(
                false,
                config -> config.metricsProvider(() -> new SilentMetric() {
                    @Override
                    public void renewed(String name, Duration latency) {
                        if (slowRenewals.getAndDecrement() > 0) {
                            time[0].advance(Duration.ofMillis(2500), () -> {});
                        }
                    }
                }));
        time[0] = rig.time;
        rig.start();
        for (int second = 0; second < 60; second++) {
            rig.advanceSeconds(1);
        }
        assertTrue(slowRenewals.get() < 0);
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

    /** For those who look at one figure only. */
    private static class SilentMetric implements LeaderMetric {
        @Override
        public void on(String name) {}

        @Override
        public void off(String name) {}

        @Override
        public void slowpathExercised(String name) {}
    }
}
