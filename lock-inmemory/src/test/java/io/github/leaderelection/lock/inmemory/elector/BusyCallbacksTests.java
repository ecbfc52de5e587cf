package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.LeaderMetric;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Pain 17: renewals share no thread with user code. These run on the system's clock, with short leases: a renewal that
 * waited for a callback would come too late many times over.
 */
class BusyCallbacksTests {

    private static final Duration LEASE = Duration.ofMillis(1500);
    private static final Duration RENEW = Duration.ofMillis(1000);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final int RENEWALS = (int) LEASE.multipliedBy(3).dividedBy(RETRY);

    private final InMemorySpace space = new InMemorySpace();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Tape tape = new Tape();
    private final Figures figures = new Figures();

    /** What was reported. */
    private static final class Figures implements LeaderMetric {
        final AtomicInteger renewals = new AtomicInteger();
        final AtomicInteger delays = new AtomicInteger();
        final AtomicLong longestDelayNanos = new AtomicLong();
        volatile Runnable whenRenewed = () -> {};

        @Override
        public void on(String name) {}

        @Override
        public void off(String name) {}

        @Override
        public void slowpathExercised(String name) {}

        @Override
        public void renewed(String name, Duration latency) {
            renewals.incrementAndGet();
            whenRenewed.run();
        }

        @Override
        public void renewalDelayed(String name, Duration delay) {
            delays.incrementAndGet();
            longestDelayNanos.accumulateAndGet(delay.toNanos(), Math::max);
        }
    }

    private LeaderElectionConfig.Builder config(String election) {
        return LeaderElectionConfig.builder()
                .name(election)
                .lock(space.lock(election, "a"))
                .leaseDuration(LEASE)
                .renewDeadline(RENEW)
                .retryPeriod(RETRY)
                .releaseOnCancel(true)
                .callbacks(tape)
                .metricsProvider(() -> figures);
    }

    private void assertTheTenureSurvives() {
        try (LeaderElector elector = LeaderElectors.create(config("election").build())) {
            elector.start();
            Await.until("a leads", elector::isLeader);
            int before = figures.renewals.get();
            Await.until("as many renewals as three leases have", () -> figures.renewals.get() - before >= RENEWALS);
            assertTrue(elector.isLeader());
            assertEquals(0, tape.stops(), tape.lines::toString);
            assertTrue(tape.starts() <= 1);
            end.countDown();
        }
    }

    @Test
    void aStartCallbackThatBlocksDelaysNoRenewal() {
        tape.whenStarted = leadership -> Stubborn.await(end);
        assertTheTenureSurvives();
        assertEquals(1, tape.starts());
    }

    @Test
    void aStartCallbackThatBurnsTheProcessorDelaysNoRenewal() {
        tape.whenStarted = leadership -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        };
        assertTheTenureSurvives();
        assertEquals(1, tape.starts());
    }

    @Test
    void callbacksThatAllBlockDelayNoRenewal() {
        tape.whenStarted = leadership -> Stubborn.await(end);
        tape.whenLeaderChanges = leader -> Stubborn.await(end);
        tape.whenError = error -> Stubborn.await(end);
        assertTheTenureSurvives();
    }

    /** Pain 17: nor do those of many others. */
    @Test
    void theCallbacksOfManyOthersDelayNoRenewal() {
        List<LeaderElector> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Tape blocking = new Tape();
            blocking.whenStarted = leadership -> Stubborn.await(end);
            blocking.whenLeaderChanges = leader -> Stubborn.await(end);
            others.add(LeaderElectors.create(config("other-" + i)
                    .callbacks(blocking)
                    .metricsProvider(Figures::new) // those counted are of the one that is looked at
                    .build()));
        }
        try {
            others.forEach(LeaderElector::start);
            assertTheTenureSurvives();
        } finally {
            end.countDown();
            others.forEach(LeaderElector::close);
        }
    }

    /** Pain 17: a metric is user code, too. */
    @Test
    void metricsThatBlockDelayNoRenewal() {
        figures.whenRenewed = () -> Stubborn.await(end);
        List<LeaderElector> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            others.add(LeaderElectors.create(
                    config("other-" + i).callbacks(new Tape()).build()));
        }
        try {
            others.forEach(LeaderElector::start);
            Await.until("they block", () -> figures.renewals.get() > 0);
            Figures seen = new Figures();
            try (LeaderElector elector = LeaderElectors.create(
                    config("election").metricsProvider(() -> seen).build())) {
                elector.start();
                Await.until("it renews through three leases", () -> seen.renewals.get() >= RENEWALS);
                assertEquals(0, tape.stops(), tape.lines::toString);
                assertTrue(others.stream().allMatch(LeaderElector::isLeader));
                end.countDown();
            }
        } finally {
            end.countDown();
            others.forEach(LeaderElector::close);
        }
    }

    /** Pain 17: and what delays there are, are measured. */
    @Test
    void theDelayOfEachRenewalIsReported() {
        assertTheTenureSurvives();
        assertTrue(figures.delays.get() >= figures.renewals.get());
        assertTrue(figures.longestDelayNanos.get() > 0);
    }
}
