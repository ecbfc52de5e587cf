package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderMetric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Pain 17: a metric is the user's code, and may be slow or wrong. */
class MetricLaneTests {

    private final TaskQueue threads = new TaskQueue();
    private final List<String> told = new ArrayList<>();
    private final List<Throwable> troubles = new ArrayList<>();
    private final CallbackLane callbacks = new CallbackLane(
            new Rig.Told(), threads, threads, new Clock(new HandClock()), 1, Rig.tellingOf(troubles::add));

    private final MetricLane metric = MetricLane.of(
            new LeaderMetric() {
                @Override
                public void on(String name) {
                    told.add("on");
                }

                @Override
                public void off(String name) {
                    told.add(callbacks.isCurrentThread() ? "off" : "off, outside");
                }

                @Override
                public void slowpathExercised(String name) {
                    told.add("slow path");
                    throw new AssertionError("thrown");
                }

                @Override
                public void renewed(String name, Duration latency) {
                    told.add("renewed " + latency.toMillis());
                }

                @Override
                public void renewalDelayed(String name, Duration delay) {
                    told.add("delayed " + delay.toMillis());
                }
            },
            threads,
            callbacks,
            troubles::add);

    @Test
    void allIsToldInOrderAndElsewhere() {
        metric.on("election");
        metric.renewalDelayed("election", Duration.ofMillis(1));
        metric.renewed("election", Duration.ofMillis(2));
        metric.off("election");
        assertEquals(List.of(), told);
        CompletableFuture<Void> taken = metric.taken();
        assertFalse(taken.isDone());
        threads.runAll();
        assertTrue(taken.isDone());
        assertEquals(List.of("on", "delayed 1", "renewed 2", "off"), told);
    }

    @Test
    void whatItThrowsIsToldAndCarriedOnFrom() {
        metric.slowpathExercised("election");
        metric.off("election");
        threads.runAll();
        assertEquals(List.of("slow path", "off"), told);
        assertEquals(
                List.of("thrown"), troubles.stream().map(Throwable::getMessage).toList());
    }

    /** What waits has a bound, but whoever shows who leads shows it rightly in the end. */
    @Test
    void figuresThatItDoesNotKeepUpWithAreDroppedButNotWhoLeads() {
        for (int number = 0; number < 10 * MetricLane.MOST_WAITING; number++) {
            metric.renewed("election", Duration.ofMillis(number));
        }
        metric.off("election");
        metric.on("election");
        metric.slowpathExercised("election");
        assertEquals(1, troubles.size(), "told once");
        threads.runAll();
        assertEquals(MetricLane.MOST_WAITING + 2, told.size());
        assertEquals("renewed " + (MetricLane.MOST_WAITING - 1), told.get(MetricLane.MOST_WAITING - 1));
        assertEquals(List.of("off", "on"), told.subList(MetricLane.MOST_WAITING, told.size()));
        metric.renewed("election", Duration.ofMillis(7));
        threads.runAll();
        assertEquals("renewed 7", told.get(told.size() - 1), "it has caught up");
    }

    @Test
    void whereNobodyListensNothingIsDone() {
        MetricLane none = MetricLane.of(LeaderMetric.NONE, threads, callbacks, troubles::add);
        assertSame(
                none, MetricLane.of(LeaderMetric.NONE, task -> {}, callbacks, troubles::add), "one for all electors");
        none.on("election");
        none.slowpathExercised("election");
        none.off("election");
        assertTrue(none.taken().isDone());
        assertEquals(0, threads.size());
    }
}
