package io.github.leaderelection.benchmarks.hot;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Renewals over the in-memory lock, one upon the other, through timer, loop, machine and lock. The clock is moved by hand, as
 * soon as the lock has written. Whoever waits for that allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RenewalBenchmark {

    private static final long LEAD_SECONDS_MAX = 30;
    private static final Duration RETRY = LeaderElectionConfig.DEFAULT_RETRY_PERIOD;

    private final ManualTimeSource time = new ManualTimeSource();
    private final InMemorySpace space = new InMemorySpace(time);
    private final CompletableFuture<Leadership> begun = new CompletableFuture<>();
    private final LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
            .lock(space.lock("election", "candidate"))
            .timeSource(time)
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
    public RenewalBenchmark() {
        elector.start();
        leadership = begun.orTimeout(LEAD_SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    @Benchmark
    public void renewal() {
        long before = space.writeCount();
        time.advance(RETRY);
        while (space.writeCount() == before) {
            leadership.checkValid(); // else this would never end
            Thread.onSpinWait();
        }
    }

    /** Leads no more. */
    @TearDown
    public void close() {
        elector.close();
    }
}
