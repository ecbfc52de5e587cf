package io.github.leaderelection.benchmarks.hot;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** What a leader asks before each thing that it does, while its elector renews. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeadershipBenchmark {

    private static final long LEAD_SECONDS_MAX = 30;

    private final CompletableFuture<Leadership> begun = new CompletableFuture<>();
    private final LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
            .lock(new InMemorySpace().lock("election", "candidate"))
            .callbacks(new LeaderCallbacks() {
                @Override
                public void onStartedLeading(Leadership leadership) {
                    begun.complete(leadership);
                }

                @Override
                public void onStoppedLeading(Leadership ended) {}
            })
            .build());
    private final Leadership leadership;

    /** Leads. */
    public LeadershipBenchmark() {
        elector.start();
        leadership = begun.orTimeout(LEAD_SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    @Benchmark
    public boolean isLeader() {
        return elector.isLeader();
    }

    @Benchmark
    @Threads(2)
    public boolean isLeaderFromTwoThreads() {
        return elector.isLeader();
    }

    @Benchmark
    public boolean isValid() {
        return leadership.isValid();
    }

    @Benchmark
    public void checkValid() {
        leadership.checkValid();
    }

    /** The monotonic clock, which each of the others reads once. */
    @Benchmark
    public long nanoTime() {
        return System.nanoTime();
    }

    /** Leads no more; fails if the leadership was lost in between. */
    @TearDown
    public void close() {
        leadership.checkValid();
        elector.close();
    }
}
