package io.github.leaderelection;

import io.github.leaderelection.spi.ElectorEngine;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;

/** Makes electors. Each module with a lock brings along the engine that does the work. */
public final class LeaderElectors {

    private static final MetricsProvider NO_METRICS = () -> LeaderMetric.NONE;

    private static volatile MetricsProvider provider = NO_METRICS;

    private LeaderElectors() {}

    /**
     * A candidate that does nothing until {@link LeaderElector#start()} or {@link LeaderElector#run()}.
     *
     * @throws IllegalStateException if the engine, {@code leaderelection-core}, is not on the class path
     */
    public static LeaderElector create(LeaderElectionConfig config) {
        LeaderElector elector = engine().create(config);
        config.watchDog().ifPresent(watchDog -> watchDog.setLeaderElection(elector));
        return elector;
    }

    /**
     * Makes a candidate and runs it for one tenure, as {@link LeaderElector#run()} does; then closes it.
     *
     * @throws InterruptedException as {@code run()}
     * @throws LeaderElectionException as {@code run()}
     */
    public static void runOrDie(LeaderElectionConfig config) throws InterruptedException {
        try (LeaderElector elector = create(config)) {
            elector.run();
        }
    }

    /**
     * Watches who leads without campaigning, and tells {@code config.callbacks()} of it.
     *
     * @throws IllegalStateException if the engine, {@code leaderelection-core}, is not on the class path
     */
    public static LeaderObserver observe(LeaderElectionConfig config) {
        return engine().observe(config);
    }

    /**
     * Says where electors report their figures, for the whole process and for electors made from now on. The first call
     * wins; later ones change nothing.
     */
    public static synchronized void setProvider(MetricsProvider provider) {
        Objects.requireNonNull(provider, "provider");
        if (LeaderElectors.provider == NO_METRICS) {
            LeaderElectors.provider = provider;
        }
    }

    /** The provider of the process: what {@link #setProvider} was given first, or one that does nothing. */
    public static MetricsProvider provider() {
        return provider;
    }

    private static ElectorEngine engine() {
        List<ElectorEngine> engines =
                ServiceLoader.load(ElectorEngine.class, LeaderElectors.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();
        if (engines.isEmpty()) {
            throw new IllegalStateException("no election engine on the class path: add io.github.leaderelection:"
                    + "leaderelection-core at runtime scope (every lock module brings it)");
        }
        if (engines.size() > 1) {
            throw new IllegalStateException("more than one election engine on the class path: "
                    + engines.stream()
                            .map(engine -> engine.getClass().getName())
                            .toList());
        }
        return engines.get(0);
    }
}
