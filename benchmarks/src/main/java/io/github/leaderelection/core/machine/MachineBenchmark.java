package io.github.leaderelection.core.machine;

import io.github.leaderelection.spi.LockVersion;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The steps of a leader that renews: the timer, and the reply that the write was applied. A step is one of the two. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MachineBenchmark {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int STEPS_TO_LEAD_MAX = 100;

    private record Version(long order) implements LockVersion {}

    private final ElectionMachine machine = new ElectionMachine(
            new MachineSettings(
                    "candidate",
                    TimeUnit.SECONDS.toNanos(15),
                    TimeUnit.SECONDS.toNanos(10),
                    RETRY_NANOS,
                    TimeUnit.SECONDS.toNanos(10),
                    true,
                    false,
                    false),
            new Random(1));
    private final Instant wall = Instant.parse("2026-11-22T07:24:54.924100Z");
    private long now;
    private long order;

    /** A machine that leads. */
    public MachineBenchmark() {
        List<ElectionAction> actions = step(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        for (int i = 0; machine.state() != ElectionState.LEADING; i++) {
            if (i == STEPS_TO_LEAD_MAX) {
                throw new IllegalStateException("the machine does not lead, it wants " + actions);
            }
            actions = answer(actions);
        }
    }

    private List<ElectionAction> step(ElectionEvent event) {
        return machine.step(event, now, wall);
    }

    private List<ElectionAction> answer(List<ElectionAction> actions) {
        for (ElectionAction action : actions) {
            if (action instanceof ElectionAction.Read read) {
                return step(new ElectionEvent.ReadAnswered(read.call(), new Seen.Absent()));
            }
            if (action instanceof ElectionAction.Create create) {
                return step(new ElectionEvent.WriteApplied(create.call(), new Version(++order)));
            }
        }
        now = machine.wakeAtNanos();
        return step(new ElectionEvent.TimerFired());
    }

    @Benchmark
    @OperationsPerInvocation(2)
    public List<ElectionAction> renewalStep() {
        now += RETRY_NANOS;
        for (ElectionAction action : step(new ElectionEvent.TimerFired())) {
            if (action instanceof ElectionAction.Update update) {
                return step(new ElectionEvent.WriteApplied(update.call(), new Version(++order)));
            }
        }
        throw new IllegalStateException("a leader did not renew when it was due, in " + machine.state());
    }
}
