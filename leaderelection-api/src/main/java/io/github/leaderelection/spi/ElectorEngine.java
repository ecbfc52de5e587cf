package io.github.leaderelection.spi;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderObserver;

/** The engine behind {@link io.github.leaderelection.LeaderElectors}, found through {@link java.util.ServiceLoader}. */
public interface ElectorEngine {

    /** A new elector, which does nothing yet. */
    LeaderElector create(LeaderElectionConfig config);

    /** A new observer, which has begun to observe. Of the callbacks it calls those about leaders, errors and closing. */
    LeaderObserver observe(LeaderElectionConfig config);
}
