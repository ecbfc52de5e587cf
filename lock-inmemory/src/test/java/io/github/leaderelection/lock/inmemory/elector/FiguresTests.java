package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderMetric;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FiguresTests {

    @AutoClose
    private final Arena arena = new Arena();

    /** Writes down what is reported, in its order. */
    private static class Figures implements LeaderMetric {
        final List<String> lines = new CopyOnWriteArrayList<>();
        final List<Duration> latencies = new CopyOnWriteArrayList<>();
        final List<Duration> delays = new CopyOnWriteArrayList<>();

        @Override
        public void on(String name) {
            lines.add("on " + name);
        }

        @Override
        public void off(String name) {
            lines.add("off " + name);
        }

        @Override
        public void slowpathExercised(String name) {
            lines.add("slow path " + name);
        }

        @Override
        public void renewed(String name, Duration latency) {
            latencies.add(latency);
        }

        @Override
        public void renewalDelayed(String name, Duration delay) {
            delays.add(delay);
        }
    }

    @Test
    void onAndOffFollowTenures() {
        Figures figures = new Figures();
        Candidate a = arena.candidate("a", config -> config.metricsProvider(() -> figures));
        arena.await("the first figure", () -> figures.lines.equals(List.of("off election")));
        a.startAndLead();
        Await.result(a.elector.stepDown().toCompletableFuture());
        arena.walkUntil("a leads again", () -> a.tape.starts() == 2);
        Await.result(a.closing());
        assertEquals(
                List.of("off election", "on election", "off election", "on election", "off election"), figures.lines);
    }

    /** Pain 22: nor is close() in a metric waited for by itself. */
    @Test
    void closeFromAMetricReturnsAndTheElectorEnds() {
        CompletableFuture<LeaderElector> made = new CompletableFuture<>();
        CompletableFuture<String> closed = new CompletableFuture<>();
        Figures figures = new Figures() {
            @Override
            public void on(String name) {
                made.join().close();
                closed.complete("returned");
            }
        };
        Candidate a = arena.candidate("a", config -> config.metricsProvider(() -> figures));
        made.complete(a.elector);
        a.start();
        Await.result(closed);
        arena.await("the end", () -> a.tape.count("closed") == 1);
        a.elector.close();
        assertEquals("", arena.holder());
        assertEquals(List.of("off election", "off election"), figures.lines);
    }

    @Test
    void renewalsTellHowLongTheyTook() {
        Figures figures = new Figures();
        Candidate a = arena.candidate("a", config -> config.metricsProvider(() -> figures));
        a.startAndLead();
        a.faults.silenceWatches();
        a.faults.next(1, InMemoryFault.delay(Duration.ofSeconds(1)).onWrites());
        arena.walk(Duration.ofSeconds(6));
        arena.await("two renewals", () -> figures.latencies.size() >= 2);
        Duration first = figures.latencies.get(0); // on a clock that moves in steps of a tenth of a second
        assertTrue(
                first.compareTo(Duration.ofMillis(900)) >= 0 && first.compareTo(Duration.ofMillis(1200)) <= 0,
                first::toString);
        assertEquals(List.of("off election", "on election"), figures.lines);
    }

    @Test
    void aRenewalThatNeedsAReadTakesTheSlowPath() {
        Figures figures = new Figures();
        Candidate a = arena.candidate("a", config -> config.metricsProvider(() -> figures));
        a.startAndLead();
        a.faults.silenceWatches();
        a.faults.next(1, InMemoryFault.loseReply().onWrites());
        arena.walk(Duration.ofSeconds(6));
        arena.await("renewals", () -> figures.latencies.size() >= 2);
        assertEquals(List.of("off election", "on election", "slow path election"), figures.lines);
    }
}
