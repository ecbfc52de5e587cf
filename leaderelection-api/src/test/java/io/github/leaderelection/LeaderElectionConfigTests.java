package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class LeaderElectionConfigTests {

    private static final LockCapabilities WHOLE_SECONDS = FakeLock.WHOLE_SECONDS;
    private static final LockCapabilities MILLISECONDS =
            new LockCapabilities(false, Duration.ofMillis(1), Duration.ofMillis(1));

    private static LeaderElectionConfig.Builder valid() {
        return valid(MILLISECONDS);
    }

    private static LeaderElectionConfig.Builder valid(LockCapabilities capabilities) {
        return LeaderElectionConfig.builder().lock(FakeLock.of(capabilities)).callbacks(new SilentCallbacks());
    }

    private static LeaderElectionConfig.Builder durations(String lease, String deadline, String retry) {
        return valid().leaseDuration(Duration.parse(lease))
                .renewDeadline(Duration.parse(deadline))
                .retryPeriod(Duration.parse(retry));
    }

    private static void assertRefused(LeaderElectionConfig.Builder builder, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }

    @Test
    void defaultsAreThoseOfTheGoPackage() {
        LeaderElectionConfig config = valid().build();

        assertEquals(Duration.ofSeconds(15), config.leaseDuration());
        assertEquals(Duration.ofSeconds(10), config.renewDeadline());
        assertEquals(Duration.ofSeconds(2), config.retryPeriod());
        assertEquals(Duration.ofSeconds(10), config.drainTimeout());
        assertEquals(1.2, LeaderElectionConfig.JITTER_FACTOR);
        assertEquals("fake lock", config.name());
        assertFalse(config.releaseOnCancel());
        assertFalse(config.resignWhenWorkEnds());
        assertEquals(Optional.empty(), config.watchDog());
        assertEquals(Optional.empty(), config.health());
        assertEquals(Optional.empty(), config.metricsProvider());
        assertEquals(Optional.empty(), config.timeSource());
    }

    @Test
    void whatTheBuilderIsGivenIsWhatTheConfigurationSays() {
        FakeLock lock = FakeLock.of(MILLISECONDS);
        LeaderCallbacks callbacks = new SilentCallbacks();
        HealthzAdaptor watchDog = new HealthzAdaptor(Duration.ZERO);
        BooleanSupplier health = () -> true;
        MetricsProvider metrics = LeaderElectors.provider();
        TimeSource time = new StoppedTime();

        LeaderElectionConfig config = LeaderElectionConfig.builder()
                .name("demo")
                .lock(lock)
                .callbacks(callbacks)
                .leaseDuration(Duration.ofSeconds(6))
                .renewDeadline(Duration.ofSeconds(4))
                .retryPeriod(Duration.ofSeconds(1))
                .drainTimeout(Duration.ofSeconds(3))
                .releaseOnCancel(true)
                .resignWhenWorkEnds(true)
                .watchDog(watchDog)
                .health(health)
                .metricsProvider(metrics)
                .timeSource(time)
                .build();

        assertEquals("demo", config.name());
        assertSame(lock, config.lock());
        assertSame(callbacks, config.callbacks());
        assertEquals(Duration.ofSeconds(6), config.leaseDuration());
        assertEquals(Duration.ofSeconds(4), config.renewDeadline());
        assertEquals(Duration.ofSeconds(1), config.retryPeriod());
        assertEquals(Duration.ofSeconds(3), config.drainTimeout());
        assertEquals(true, config.releaseOnCancel());
        assertEquals(true, config.resignWhenWorkEnds());
        assertSame(watchDog, config.watchDog().orElseThrow());
        assertSame(health, config.health().orElseThrow());
        assertSame(metrics, config.metricsProvider().orElseThrow());
        assertSame(time, config.timeSource().orElseThrow());
    }

    @Test
    void theShortestLeaseAndTheLongestDurationsAreAccepted() {
        LeaderElectionConfig.Builder shortest = valid(
                        new LockCapabilities(false, Duration.ofSeconds(15), Duration.ofSeconds(1)))
                .leaseDuration(Duration.ofSeconds(15));
        assertEquals(Duration.ofSeconds(15), shortest.build().leaseDuration());
        Duration year = Duration.ofDays(365);
        assertEquals(year, valid().leaseDuration(year).build().leaseDuration());
    }

    @Test
    void aLockAndCallbacksAreRequired() {
        assertRefused(
                LeaderElectionConfig.builder().callbacks(new SilentCallbacks()),
                "lock is missing: call lock(..) on the builder");
        assertRefused(
                LeaderElectionConfig.builder().lock(FakeLock.of(MILLISECONDS)),
                "callbacks is missing: call callbacks(..) on the builder");
    }

    @Test
    void aBlankNameAndAnEmptyIdentityAreRefused() {
        assertRefused(valid().name(" "), "name must not be blank");
        assertRefused(
                valid().lock(new FakeLock("", MILLISECONDS, Optional.empty())),
                "the lock's identity is empty: candidates need one each");
    }

    @Test
    void leaseMustOutlastTheRenewDeadline() {
        assertRefused(durations("PT8S", "PT10S", "PT2S"), "renewDeadline 10s must be less than leaseDuration 8s");
        assertRefused(durations("PT10S", "PT10S", "PT2S"), "renewDeadline 10s must be less than leaseDuration 10s");
        durations("PT10.001S", "PT10S", "PT2S").build();
    }

    @Test
    void renewDeadlineMustOutlastAJitteredRetry() {
        assertRefused(
                durations("PT15S", "PT6S", "PT5S"), "renewDeadline 6s must be greater than retryPeriod 5s x 1.2 = 6s");
        assertRefused(
                durations("PT2M", "PT1M30S", "PT1M30S"),
                "renewDeadline 1m30s must be greater than retryPeriod 1m30s x 1.2 = 1m48s");
        durations("PT15S", "PT6.001S", "PT5S").build();
    }

    @Test
    void durationsMustBePositiveAndShorterThanAYear() {
        assertRefused(valid().leaseDuration(Duration.ZERO), "leaseDuration must be positive, but is 0s");
        assertRefused(valid().renewDeadline(Duration.ofMillis(-500)), "renewDeadline must be positive, but is -0.5s");
        assertRefused(valid().retryPeriod(Duration.ZERO), "retryPeriod must be positive, but is 0s");
        assertRefused(valid().drainTimeout(Duration.ZERO), "drainTimeout must be positive, but is 0s");
        assertRefused(
                valid().leaseDuration(Duration.ofDays(366)), "leaseDuration must be at most 365 days, but is 8784h");
        assertRefused(
                valid().drainTimeout(Duration.ofSeconds(Long.MAX_VALUE)),
                "drainTimeout must be at most 365 days, but is 2562047788015215h30m7s");
    }

    /** Go package fault: a lease under a second must not become zero. */
    @Test
    void aLeaseThatTheLockWouldRoundToZeroIsRefused() {
        assertRefused(
                valid(WHOLE_SECONDS)
                        .leaseDuration(Duration.ofMillis(900))
                        .renewDeadline(Duration.ofMillis(600))
                        .retryPeriod(Duration.ofMillis(100)),
                "leaseDuration 0.9s is shorter than 1s, the shortest that fake lock can represent");
    }

    @Test
    void aLeaseFinerThanTheLockCanSayIsRefused() {
        assertRefused(
                valid(WHOLE_SECONDS).leaseDuration(Duration.ofMillis(15_500)),
                "leaseDuration 15.5s must be a multiple of 1s, the finest that fake lock can represent");
        valid().leaseDuration(Duration.ofMillis(15_500)).build();
    }

    @Test
    void aLeaseUnderASecondIsKeptWhereTheLockCanSayIt() {
        LeaderElectionConfig config = durations("PT0.3S", "PT0.2S", "PT0.05S").build();

        assertEquals(Duration.ofMillis(300), config.leaseDuration());
    }

    private static final class StoppedTime implements TimeSource {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant wallTime() {
            return Instant.EPOCH;
        }

        @Override
        public Subscription schedule(Runnable task, long delayNanos) {
            return () -> {};
        }
    }
}
