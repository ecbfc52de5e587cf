package io.github.leaderelection;

import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an elector needs to know. Immutable. The names are those of the Go package; its rule holds here too:
 * {@code leaseDuration > renewDeadline > retryPeriod x JITTER_FACTOR}.
 *
 * <p>The ratio {@code leaseDuration / renewDeadline} is the bound on clocks: two candidates never lead at once as long as
 * the rates of their clocks differ by less than that.
 */
public final class LeaderElectionConfig {

    /**
     * 1.2: a candidate that polls waits for {@code retryPeriod} and up to this factor of it more, so that many candidates
     * spread out. The number is that of Kubernetes' client-go.
     */
    public static final double JITTER_FACTOR = 1.2;

    /** 15 s, as the core components of Kubernetes have it: long enough to outlast a backend's own failover. */
    public static final Duration DEFAULT_LEASE_DURATION = Duration.ofSeconds(15);

    /** 10 s, as the core components of Kubernetes have it: leaves a third of the lease as the margin between clocks. */
    public static final Duration DEFAULT_RENEW_DEADLINE = Duration.ofSeconds(10);

    /** 2 s, as the core components of Kubernetes have it: five tries before the renew deadline. */
    public static final Duration DEFAULT_RETRY_PERIOD = Duration.ofSeconds(2);

    /** 10 s: for so long the leader's work may take to end while the lease is still renewed; half of what Kubernetes
     * and most process supervisors allow for a shutdown at least. */
    public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LONGEST = Duration.ofDays(365);

    private final String name;
    private final ResourceLock lock;
    private final Duration leaseDuration;
    private final Duration renewDeadline;
    private final Duration retryPeriod;
    private final Duration drainTimeout;
    private final LeaderCallbacks callbacks;
    private final boolean releaseOnCancel;
    private final boolean resignWhenWorkEnds;
    private final @Nullable HealthzAdaptor watchDog;
    private final @Nullable BooleanSupplier health;
    private final @Nullable MetricsProvider metricsProvider;
    private final @Nullable TimeSource timeSource;

    private LeaderElectionConfig(Builder builder) {
        lock = required("lock", builder.lock);
        callbacks = required("callbacks", builder.callbacks);
        name = builder.name == null ? lock.describe() : builder.name;
        leaseDuration = builder.leaseDuration;
        renewDeadline = builder.renewDeadline;
        retryPeriod = builder.retryPeriod;
        drainTimeout = builder.drainTimeout;
        releaseOnCancel = builder.releaseOnCancel;
        resignWhenWorkEnds = builder.resignWhenWorkEnds;
        watchDog = builder.watchDog;
        health = builder.health;
        metricsProvider = builder.metricsProvider;
        timeSource = builder.timeSource;
        check();
    }

    private static <T> T required(String what, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is missing: call " + what + "(..) on the builder");
        }
        return value;
    }

    private void check() {
        if (lock.identity().isEmpty()) {
            throw new IllegalArgumentException("the lock's identity is empty: candidates need one each");
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        checkRange("leaseDuration", leaseDuration);
        checkRange("renewDeadline", renewDeadline);
        checkRange("retryPeriod", retryPeriod);
        checkRange("drainTimeout", drainTimeout);
        if (leaseDuration.compareTo(renewDeadline) <= 0) {
            throw new IllegalArgumentException(
                    "renewDeadline " + text(renewDeadline) + " must be less than leaseDuration " + text(leaseDuration));
        }
        Duration jittered = Duration.ofNanos((long) Math.ceil(retryPeriod.toNanos() * JITTER_FACTOR));
        if (renewDeadline.compareTo(jittered) <= 0) {
            throw new IllegalArgumentException(
                    "renewDeadline " + text(renewDeadline) + " must be greater than retryPeriod " + text(retryPeriod)
                            + " x " + JITTER_FACTOR + " = " + text(jittered));
        }
        LockCapabilities capabilities = lock.capabilities();
        if (leaseDuration.compareTo(capabilities.shortestLease()) < 0) {
            throw new IllegalArgumentException("leaseDuration " + text(leaseDuration) + " is shorter than "
                    + text(capabilities.shortestLease()) + ", the shortest that " + lock.describe() + " can represent");
        }
        if (leaseDuration.toNanos() % capabilities.leaseGranularity().toNanos() != 0) {
            throw new IllegalArgumentException("leaseDuration " + text(leaseDuration) + " must be a multiple of "
                    + text(capabilities.leaseGranularity()) + ", the finest that " + lock.describe()
                    + " can represent");
        }
    }

    private static void checkRange(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(what + " must be positive, but is " + text(value));
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    what + " must be at most " + LONGEST.toDays() + " days, but is " + text(value));
        }
    }

    /** As people write durations: 10s, 1m30s, 0.5s. That is ISO 8601 without its leading PT, in lower case. */
    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The name of the election in messages, metrics and {@link Leadership#election()}. */
    public String name() {
        return name;
    }

    /** The lock. */
    public ResourceLock lock() {
        return lock;
    }

    /** For how long followers trust a record that is not renewed. */
    public Duration leaseDuration() {
        return leaseDuration;
    }

    /** For how long after the last successful renewal was sent the leader leads on. */
    public Duration renewDeadline() {
        return renewDeadline;
    }

    /** How often the leader renews, and the least time between two tries. */
    public Duration retryPeriod() {
        return retryPeriod;
    }

    /** How long the end of a tenure waits for the leader's work. */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    /** The callbacks. */
    public LeaderCallbacks callbacks() {
        return callbacks;
    }

    /** Whether closing releases the record. */
    public boolean releaseOnCancel() {
        return releaseOnCancel;
    }

    /** Whether the tenure ends when {@code onStartedLeading} returns or throws. */
    public boolean resignWhenWorkEnds() {
        return resignWhenWorkEnds;
    }

    /** The adaptor that asks this elector for its health, if any. */
    public Optional<HealthzAdaptor> watchDog() {
        return Optional.ofNullable(watchDog);
    }

    /** The health that the tenure is tied to, if any. */
    public Optional<BooleanSupplier> health() {
        return Optional.ofNullable(health);
    }

    /** Where this elector reports its figures, if not where the process does. */
    public Optional<MetricsProvider> metricsProvider() {
        return Optional.ofNullable(metricsProvider);
    }

    /** The clocks, if not the system's. */
    public Optional<TimeSource> timeSource() {
        return Optional.ofNullable(timeSource);
    }

    /** Collects a configuration; {@link #build()} checks the whole of it. Not for use by several threads at once. */
    public static final class Builder {
        private @Nullable String name;
        private @Nullable ResourceLock lock;
        private Duration leaseDuration = DEFAULT_LEASE_DURATION;
        private Duration renewDeadline = DEFAULT_RENEW_DEADLINE;
        private Duration retryPeriod = DEFAULT_RETRY_PERIOD;
        private Duration drainTimeout = DEFAULT_DRAIN_TIMEOUT;
        private @Nullable LeaderCallbacks callbacks;
        private boolean releaseOnCancel;
        private boolean resignWhenWorkEnds;
        private @Nullable HealthzAdaptor watchDog;
        private @Nullable BooleanSupplier health;
        private @Nullable MetricsProvider metricsProvider;
        private @Nullable TimeSource timeSource;

        private Builder() {}

        /** The name of the election in messages and metrics. Default: {@link ResourceLock#describe()}. */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /** The lock that holds the record. Required. The elector does not close it. One lock serves one elector. */
        public Builder lock(ResourceLock lock) {
            this.lock = Objects.requireNonNull(lock, "lock");
            return this;
        }

        /** Default {@link #DEFAULT_LEASE_DURATION}. The lock must be able to represent it. */
        public Builder leaseDuration(Duration leaseDuration) {
            this.leaseDuration = Objects.requireNonNull(leaseDuration, "leaseDuration");
            return this;
        }

        /** Default {@link #DEFAULT_RENEW_DEADLINE}. */
        public Builder renewDeadline(Duration renewDeadline) {
            this.renewDeadline = Objects.requireNonNull(renewDeadline, "renewDeadline");
            return this;
        }

        /** Default {@link #DEFAULT_RETRY_PERIOD}. */
        public Builder retryPeriod(Duration retryPeriod) {
            this.retryPeriod = Objects.requireNonNull(retryPeriod, "retryPeriod");
            return this;
        }

        /** Default {@link #DEFAULT_DRAIN_TIMEOUT}. */
        public Builder drainTimeout(Duration drainTimeout) {
            this.drainTimeout = Objects.requireNonNull(drainTimeout, "drainTimeout");
            return this;
        }

        /** Required. */
        public Builder callbacks(LeaderCallbacks callbacks) {
            this.callbacks = Objects.requireNonNull(callbacks, "callbacks");
            return this;
        }

        /**
         * Whether {@link LeaderElector#close()} releases the record, so that another candidate need not wait for the lease
         * to run out. The leader's work is quiet by then. Default false, as in the Go package.
         */
        public Builder releaseOnCancel(boolean releaseOnCancel) {
            this.releaseOnCancel = releaseOnCancel;
            return this;
        }

        /**
         * Whether the tenure ends when {@code onStartedLeading} returns or throws; for callbacks that do the work
         * themselves. Default false.
         */
        public Builder resignWhenWorkEnds(boolean resignWhenWorkEnds) {
            this.resignWhenWorkEnds = resignWhenWorkEnds;
            return this;
        }

        /** Has {@code watchDog} ask this elector for its health. */
        public Builder watchDog(HealthzAdaptor watchDog) {
            this.watchDog = Objects.requireNonNull(watchDog, "watchDog");
            return this;
        }

        /**
         * Ties the tenure to {@code health}, which is asked once in each retry period on a callback thread: when it says
         * false, throws, or has not answered after another retry period, the elector steps down, and it does not campaign
         * again before it says true.
         */
        public Builder health(BooleanSupplier health) {
            this.health = Objects.requireNonNull(health, "health");
            return this;
        }

        /** Default: the provider of {@link LeaderElectors#setProvider}. */
        public Builder metricsProvider(MetricsProvider metricsProvider) {
            this.metricsProvider = Objects.requireNonNull(metricsProvider, "metricsProvider");
            return this;
        }

        /** Default: the system's clocks. For tests. One that is {@code Surroundings} brings threads and chance along. */
        public Builder timeSource(TimeSource timeSource) {
            this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if something is missing or the durations do not fit each other or the lock
         */
        public LeaderElectionConfig build() {
            return new LeaderElectionConfig(this);
        }
    }
}
