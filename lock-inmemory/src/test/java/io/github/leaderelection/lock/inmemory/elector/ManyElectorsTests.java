package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An elector is not a thread. */
class ManyElectorsTests {

    private static final String THREAD_PREFIX = "leaderelection-";
    private static final int ELECTORS = 10_000;
    /** Callbacks that return at once share threads; how many depends on how many run at one time, not on the electors. */
    private static final int MORE_THREADS = ELECTORS / 10;

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

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
        return LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(space.lock("election-" + number, "a"))
                .callbacks(callbacks)
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
        assertTrue(
                mostThreads.get() - before <= MORE_THREADS,
                () -> mostThreads.get() + " threads at most, and " + before + " before");
        assertEquals(0, time.pendingCount());
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
