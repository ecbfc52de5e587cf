package io.github.leaderelection.core;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes electors of which a test can see whether they have done all that the present moment calls for. A door into the engine
 * for tests that move a clock by hand, and must not move it past what is still under way.
 */
public final class WatchedElectors {

    private final AtomicInteger loopTasks = new AtomicInteger();
    private final AtomicInteger callbacksWaiting = new AtomicInteger();
    private final Set<Thread> callbacksRunning = ConcurrentHashMap.newKeySet();
    private final CoreEngine engine;

    /** Electors on the threads of all others. */
    public WatchedElectors() {
        ElectorThreads shared = ElectorThreads.shared();
        engine = new CoreEngine(new ElectorThreads(
                shared.clock(), counted(shared.loops()), watched(shared.callbacks()), watched(shared.works())));
    }

    private Executor counted(Executor loops) {
        return task -> {
            loopTasks.incrementAndGet();
            loops.execute(() -> {
                try {
                    task.run();
                } finally {
                    loopTasks.decrementAndGet();
                }
            });
        };
    }

    private Executor watched(Executor callbacks) {
        return task -> {
            callbacksWaiting.incrementAndGet();
            callbacks.execute(() -> {
                callbacksRunning.add(Thread.currentThread());
                callbacksWaiting.decrementAndGet();
                try {
                    task.run();
                } finally {
                    callbacksRunning.remove(Thread.currentThread());
                }
            });
        };
    }

    /** As {@link io.github.leaderelection.LeaderElectors#create}. */
    public LeaderElector create(LeaderElectionConfig config) {
        LeaderElector elector = engine.create(config);
        config.watchDog().ifPresent(watchDog -> watchDog.setLeaderElection(elector));
        return elector;
    }

    /** As {@link io.github.leaderelection.LeaderElectors#observe}. */
    public LeaderObserver observe(LeaderElectionConfig config) {
        return engine.observe(config);
    }

    /** Whether no loop has anything to do. */
    public boolean loopsAreIdle() {
        return loopTasks.get() == 0;
    }

    /** Whether every callback has returned, or waits for something. */
    public boolean callbacksAreAtRest() {
        return callbacksWaiting.get() == 0
                && callbacksRunning.stream().allMatch(thread -> switch (thread.getState()) {
                    case WAITING, TIMED_WAITING, TERMINATED -> true;
                    default -> false;
                });
    }
}
