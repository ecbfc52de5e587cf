package io.github.leaderelection.core;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderObserver;
import io.github.leaderelection.spi.ElectorEngine;
import java.util.Optional;

/** The engine, as {@link io.github.leaderelection.LeaderElectors} finds it. Not for direct use. */
public final class CoreEngine implements ElectorEngine {

    private final ElectorThreads threads;

    /** For {@link java.util.ServiceLoader}. */
    public CoreEngine() {
        this(ElectorThreads.shared());
    }

    CoreEngine(ElectorThreads threads) {
        this.threads = threads;
    }

    @Override
    public LeaderElector create(LeaderElectionConfig config) {
        return new ElectorRuntime(config, threads);
    }

    @Override
    public LeaderObserver observe(LeaderElectionConfig config) {
        ElectorRuntime runtime = new ElectorRuntime(config, threads);
        runtime.observe();
        return new LeaderObserver() {
            @Override
            public Optional<String> getLeader() {
                return runtime.getLeader();
            }

            @Override
            public void close() {
                runtime.close();
            }
        };
    }
}
