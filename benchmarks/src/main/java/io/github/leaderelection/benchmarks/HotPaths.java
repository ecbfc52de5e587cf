package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.report.Samples;
import io.github.leaderelection.benchmarks.report.Section;
import io.github.leaderelection.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks of JMH. */
final class HotPaths {

    static final String NAME = "jmh";

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private HotPaths() {}

    static Section measure(Plan plan) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        for (RunResult run : new Runner(new OptionsBuilder()
                        .include("io\\.github\\.leaderelection\\..*Benchmark")
                        .forks(1)
                        .warmupIterations(plan.jmhIterations())
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(plan.jmhIterations())
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run()) {
            Result<?> time = run.getPrimaryResult();
            Result<?> allocated = run.getSecondaryResults().get(ALLOCATED);
            if (allocated == null) {
                throw new IllegalStateException("expected JMH to tell " + ALLOCATED + ", but it has "
                        + run.getSecondaryResults().keySet());
            }
            double error = time.getScoreError();
            rows.add(List.of(
                    run.getParams().getBenchmark().replaceAll(".*\\.(\\w+\\.\\w+)$", "$1"),
                    Integer.toString(run.getParams().getThreads()),
                    Samples.text(time.getScore()),
                    Double.isNaN(error) ? "" : Samples.text(error),
                    Samples.text(allocated.getScore())));
        }
        return new Section(
                NAME,
                "Hot paths, JMH",
                "What a call takes on the average, and what it allocates. `MachineBenchmark.renewalStep` is one step of the "
                        + "machine, `RenewalBenchmark.renewal` a whole renewal over the in-memory lock, through the threads "
                        + "of the runtime. `nanoTime` is the clock that the first four read.",
                new Table(List.of("benchmark", "threads", "ns", "± (99.9 %)", "bytes allocated"), rows),
                Optional.empty());
    }
}
