package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.LeaderMetric;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** An elector is not a thread. */
class ManyElectorsTests {

    private static final String THREAD_PREFIX = "leaderelection-";
    private static final int ELECTORS = 10_000;
    /**
     * Callbacks that return at once share threads: 16, some more while those have no processor, and those of the works that
     * run at one moment. About 100 were seen on two cores that had other things to do.
     */
    private static final int MORE_THREADS = 250;
    /** While callbacks block, so many threads are added, each time after a callback has waited for so long. */
    private static final int THREADS_ADDED = 16;

    private static final Duration PATIENCE = Duration.ofMillis(50);

    private static final Logger LOGGER = Logger.getLogger("io.github.leaderelection");

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger figures = new AtomicInteger();

    private final LeaderCallbacks callbacks = new LeaderCallbacks() {
        @Override
        public void onStartedLeading(Leadership leadership) {
            started.incrementAndGet();
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            stopped.incrementAndGet();
        }

        @Override
        public void onClosed() {
            closed.incrementAndGet();
        }
    };

    private final LeaderMetric metric = new LeaderMetric() {
        @Override
        public void on(String name) {
            figures.incrementAndGet();
        }

        @Override
        public void off(String name) {
            figures.incrementAndGet();
        }

        @Override
        public void slowpathExercised(String name) {
            figures.incrementAndGet();
        }
    };

    static List<String> ourThreads() {
        Thread[] threads = new Thread[Thread.activeCount() + 20_000];
        int count = Thread.enumerate(threads);
        List<String> ours = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().startsWith(THREAD_PREFIX)) {
                ours.add(threads[i].getName());
            }
        }
        return ours;
    }

    private LeaderElector elector(int number) {
        return elector(number, callbacks);
    }

    private LeaderElector elector(int number, LeaderCallbacks told) {
        return LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(space.lock("election-" + number, "a"))
                .callbacks(told)
                .metricsProvider(() -> metric)
                .releaseOnCancel(true)
                .timeSource(time)
                .build());
    }

    @Test
    void tenThousandElectorsLeadWithAFewThreads() {
        int before = ourThreads().size();
        AtomicInteger mostThreads = new AtomicInteger();
        List<LeaderElector> electors = new ArrayList<>();
        for (int i = 0; i < ELECTORS; i++) {
            LeaderElector elector = elector(i);
            electors.add(elector);
            elector.start();
            if (i % 100 == 0) {
                mostThreads.accumulateAndGet(ourThreads().size(), Math::max);
            }
        }
        Await.until("all lead", () -> {
            mostThreads.accumulateAndGet(ourThreads().size(), Math::max);
            return started.get() == ELECTORS;
        });
        assertTrue(electors.stream().allMatch(LeaderElector::isLeader));
        List<CompletableFuture<Void>> steps = electors.stream()
                .map(elector -> elector.stepDown().toCompletableFuture())
                .toList();
        Await.until("all have stepped down", () -> {
            mostThreads.accumulateAndGet(ourThreads().size(), Math::max);
            return steps.stream().allMatch(CompletableFuture::isDone);
        });
        assertEquals(ELECTORS, stopped.get());
        electors.forEach(LeaderElector::close);
        assertEquals(ELECTORS, closed.get());
        assertEquals(3 * ELECTORS, figures.get(), "off, on and off of each");
        assertTrue(
                mostThreads.get() - before <= MORE_THREADS,
                () -> mostThreads.get() + " threads at most, and " + before + " before");
        assertEquals(0, time.pendingCount());
    }

    /** Not even if they all stop at one moment, and each stop takes its time. */
    @Test
    void tenThousandElectorsThatExpireTogetherAskForThreadsLittleByLittle() {
        CountDownLatch end = new CountDownLatch(1);
        LeaderCallbacks slow = new LeaderCallbacks() {
            @Override
            public void onStartedLeading(Leadership leadership) {}

            @Override
            public void onStoppedLeading(Leadership ended) {
                Stubborn.await(end);
                stopped.incrementAndGet();
            }
        };
        List<LeaderElector> electors = new ArrayList<>();
        for (int i = 0; i < ELECTORS; i++) {
            electors.add(elector(i, slow));
        }
        try {
            electors.forEach(LeaderElector::start);
            Await.until("all lead", () -> electors.stream().allMatch(LeaderElector::isLeader));
            List<Leadership> tenures = electors.stream()
                    .map(elector -> elector.leadership().orElseThrow())
                    .toList();
            int before = ourThreads().size();
            long beganNanos = System.nanoTime();
            LOGGER.setLevel(Level.OFF); // or each says that it is refused
            space.faults("a").untilHealed(InMemoryFault.refuse());
            time.advance(Duration.ofSeconds(10));
            Await.until(
                    "all have noticed",
                    () -> tenures.stream()
                            .allMatch(tenure -> tenure.revocationReason().isPresent()));
            int added = ourThreads().size() - before;
            long waits = Duration.ofNanos(System.nanoTime() - beganNanos).dividedBy(PATIENCE);
            assertTrue(added <= THREADS_ADDED * (waits + 2), () -> added + " more threads after " + waits + " waits");
        } finally {
            LOGGER.setLevel(null);
            end.countDown();
        }
        Await.until("all have stopped", () -> stopped.get() == ELECTORS);
        electors.forEach(LeaderElector::close);
    }

    /** A callback that blocks holds up no other elector, however many of them there are. */
    @Test
    void callbacksThatBlockHoldUpNoOtherElector() {
        CountDownLatch end = new CountDownLatch(1);
        LeaderCallbacks blocking = new LeaderCallbacks() {
            @Override
            public void onStartedLeading(Leadership leadership) {}

            @Override
            public void onStoppedLeading(Leadership ended) {}

            @Override
            public void onNewLeader(String identity) {
                started.incrementAndGet();
                Stubborn.await(end);
            }
        };
        List<LeaderElector> electors = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                electors.add(elector(i, blocking));
            }
            electors.forEach(LeaderElector::start);
            Await.until("all block", () -> started.get() == electors.size());
            LeaderElector other = elector(electors.size());
            other.start();
            Await.until("another one leads", () -> started.get() == electors.size() + 1);
            other.close();
            assertEquals(1, closed.get());
        } finally {
            end.countDown();
            electors.forEach(LeaderElector::close);
        }
    }

    /** A callback that blocks has a thread to itself, and keeps no other one waiting. */
    @Test
    void callbacksThatBlockKeepNoOtherWaiting() {
        CountDownLatch end = new CountDownLatch(1);
        List<LeaderElector> electors = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                electors.add(LeaderElectors.create(LeaderElectionConfig.builder()
                        .lock(space.lock("blocking-" + i, "a"))
                        .callbacks(new LeaderCallbacks() {
                            @Override
                            public void onStartedLeading(Leadership leadership) {
                                started.incrementAndGet();
                                Stubborn.await(end);
                            }

                            @Override
                            public void onStoppedLeading(Leadership ended) {}
                        })
                        .timeSource(time)
                        .build()));
            }
            electors.forEach(LeaderElector::start);
            Await.until("all have begun", () -> started.get() == electors.size());
        } finally {
            end.countDown();
            electors.forEach(LeaderElector::close);
        }
    }

    /** Pain 23. */
    @Test
    void noThreadOutlivesTheElectorsForLong() {
        List<LeaderElector> electors = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            electors.add(LeaderElectors.create(LeaderElectionConfig.builder()
                    .lock(space.lock("threads-" + i, "a"))
                    .callbacks(callbacks)
                    .build())); // on the system's clock, and so with the shared timer
        }
        electors.forEach(LeaderElector::start);
        Await.until("all lead", () -> started.get() == 10);
        electors.forEach(LeaderElector::close);
        Await.until(() -> "no threads but " + ourThreads(), () -> ourThreads().isEmpty());
    }
}
