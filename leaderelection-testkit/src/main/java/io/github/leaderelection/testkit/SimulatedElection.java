package io.github.leaderelection.testkit;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One election in virtual time, for tests of leaders: several candidates, each as a process of its own, with real electors over
 * an in-memory lock. A minute of an election takes milliseconds.
 * <pre>{@code
 * try (SimulatedElection election = SimulatedElection.of("demo/scheduler")) {
 *     SimulatedCandidate a = election.candidate("a", config -> config.callbacks(new MyLeader(election::sleep)));
 *     SimulatedCandidate b = election.candidate("b");
 *     a.start();
 *     b.start();
 *     a.pause();
 *     election.runUntil(b::isLeader);
 *     a.resume();
 *     election.assertExclusive();
 * }
 * }</pre>
 *
 * <p><b>Time</b> stands still but for {@link #run}, {@link #runUntil} and {@link #awaitLeader}, and goes on only while all
 * candidates are at rest. Every method here and of {@link SimulatedCandidate}, unless it says otherwise, is called by the
 * test's thread and returns when all that the present instant calls for has been done.
 *
 * <p><b>Deterministic</b> is all that electors do, and all code of leaders that runs on the electors' threads and waits for
 * nothing but {@link #sleep}: it runs one task at a time, in the same order every time. Code that waits for something of its
 * own (a latch, a queue, {@code Thread.sleep}), or runs on threads of its own, is waited for until it rests, but its
 * order among others is the machine's to choose, and a real sleep takes as much virtual time as the test lets pass meanwhile.
 */
public final class SimulatedElection implements AutoCloseable {

    /** How much virtual time {@link #runUntil(BooleanSupplier)} lets pass: forty leases of the default length. */
    public static final Duration LONGEST_RUN = Duration.ofMinutes(10);

    /** Of no meaning, but the same every time. */
    private static final long SEED = 1;

    private final String name;
    private final InMemorySpace space = new InMemorySpace();
    private final Simulation simulation = new Simulation();
    private final SplittableRandom random;
    private final List<SimulatedCandidate> candidates = new ArrayList<>();
    private int processCount;
    private boolean storeAway;
    private boolean closed;

    private SimulatedElection(String name, long seed) {
        this.name = Objects.requireNonNull(name, "name");
        random = new SplittableRandom(seed);
        simulation.drive();
    }

    /** An election of that name with nobody in it yet. The calling thread is the test's. */
    public static SimulatedElection of(String name) {
        return new SimulatedElection(name, SEED);
    }

    /** The same, with {@code seed} for the electors' jitter: another seed, another order of those who retry at one time. */
    public static SimulatedElection of(String name, long seed) {
        return new SimulatedElection(name, seed);
    }

    /** A candidate whose callbacks do nothing: a rival. Starts with {@link SimulatedCandidate#start()}. */
    public SimulatedCandidate candidate(String identity) {
        return candidate(identity, config -> {});
    }

    /**
     * A candidate. Starts with {@link SimulatedCandidate#start()}. Two may have one identity; they are rivals.
     *
     * @param settings completes the configuration: callbacks, durations, whatever there is but lock and time source, which are
     *     the simulation's. Called once for each process: now, and again by {@link SimulatedCandidate#restart()}
     * @throws IllegalArgumentException if the configuration is refused, or brings a lock or a time source of its own
     */
    public SimulatedCandidate candidate(String identity, Consumer<LeaderElectionConfig.Builder> settings) {
        simulation.drive();
        SimulatedCandidate candidate = new SimulatedCandidate(this, simulation, identity, settings);
        candidates.add(candidate);
        return candidate;
    }

    SimulatedProcess process(String identity, Consumer<LeaderElectionConfig.Builder> settings) {
        int number = ++processCount;
        boolean known = candidates.stream().anyMatch(other -> other.identity().equals(identity));
        String label = known ? identity + "#" + number : identity;
        ResourceLock lock = new ProcessLock(space.lock(name, label), identity);
        SimulatedProcess process = new SimulatedProcess(
                simulation,
                label,
                lock,
                new Network(space.faults(label), storeAway),
                new ProcessClock(number, simulation.nowNanos()),
                random.split());
        LeaderElectionConfig.Builder config = LeaderElectionConfig.builder()
                .name(name)
                .lock(lock)
                .timeSource(process)
                .callbacks(new Idle());
        settings.accept(config);
        LeaderElectionConfig asked = config.build();
        if (asked.lock() != lock || asked.timeSource().filter(process::equals).isEmpty()) {
            throw new IllegalArgumentException("lock and timeSource of a simulated candidate are the simulation's:"
                    + " expected settings of " + identity + " that leave them alone");
        }
        process.runs(
                LeaderElectors.create(config.callbacks(new RecordedCallbacks(asked.callbacks(), simulation, process))
                        .build()));
        simulation.add(process);
        return process;
    }

    /** Lets so much virtual time pass. */
    public void run(Duration duration) {
        simulation.drive();
        simulation.run(duration, () -> false);
    }

    /**
     * Lets time pass until {@code condition} holds, for {@link #LONGEST_RUN} at most.
     *
     * @throws AssertionError with the timeline, if it does not come to hold
     */
    public void runUntil(BooleanSupplier condition) {
        runUntil(condition, LONGEST_RUN);
    }

    /**
     * Lets time pass until {@code condition} holds, which is looked at whenever something was done, and each 100 ms besides.
     *
     * @throws AssertionError with the timeline, if it does not come to hold {@code within} so much virtual time
     */
    public void runUntil(BooleanSupplier condition, Duration within) {
        simulation.drive();
        if (!simulation.run(within, condition)) {
            throw new AssertionError("expected a condition to hold, but it did not within " + within
                    + " of virtual time\n" + timeline());
        }
    }

    /**
     * Lets time pass until somebody leads, and says who; of several, the one who was added first.
     *
     * @throws AssertionError with the timeline, if nobody leads within {@link #LONGEST_RUN}
     */
    public SimulatedCandidate awaitLeader() {
        runUntil(() -> !leaders().isEmpty());
        return leaders().get(0);
    }

    /** Who would answer now that it leads; paused ones included, which cannot answer now. */
    public List<SimulatedCandidate> leaders() {
        return candidates.stream().filter(SimulatedCandidate::isLeader).toList();
    }

    /** How much virtual time has passed since the beginning. Any thread may ask. */
    public Duration elapsed() {
        return Duration.ofNanos(simulation.nowNanos());
    }

    /**
     * Sleeps in virtual time, on the clock of the candidate whose code calls: from a callback, or a thread that a callback
     * has started, or one that has asked the candidate's elector or leadership before. Ends when so much has passed and the
     * candidate is not paused. Hand it to the code under test in the place of {@code Thread.sleep}.
     *
     * @throws InterruptedException as {@code Thread.sleep}, at the end of a tenure above all
     * @throws IllegalStateException on a thread that is no candidate's, the test's own included
     */
    public void sleep(Duration duration) throws InterruptedException {
        simulation.sleep(duration);
    }

    /** A new resource that refuses old tokens, for leaders to write to. */
    public FencedRegister register(String name) {
        return new FencedRegister(simulation, name);
    }

    /** The record as it stands in the store. */
    public Optional<LeaderElectionRecord> record() {
        return space.record(name);
    }

    /** Deletes the record, as an operator would. */
    public void deleteRecord() {
        simulation.drive();
        simulation.timeline.add(simulation.nowNanos(), "store", "the record is deleted");
        space.delete(name);
        simulation.settle();
    }

    /** The store goes down with its data safe: requests are refused, watches break. */
    public void takeStoreAway() {
        simulation.drive();
        simulation.timeline.add(simulation.nowNanos(), "store", "is away");
        storeAway = true;
        simulation.living().forEach(process -> process.network.storeGoesAway());
        simulation.settle();
    }

    /** The store is back. A candidate whose network is cut still does not reach it. */
    public void bringStoreBack() {
        simulation.drive();
        simulation.timeline.add(simulation.nowNanos(), "store", "is back");
        storeAway = false;
        simulation.living().forEach(process -> process.network.storeComesBack());
        simulation.settle();
    }

    /**
     * Checks what an election promises, over all that happened so far: at no instant did two candidates lead, paused ones
     * included; tokens grew from tenure to tenure; callbacks came in pairs. Whether two lead is looked at after every
     * single task, and whenever time has moved.
     *
     * @throws AssertionError with what was seen, and the timeline
     */
    public void assertExclusive() {
        List<String> violations = simulation.audit.violations();
        if (!violations.isEmpty()) {
            throw new AssertionError("expected one leader at a time, growing tokens and paired callbacks, but "
                    + String.join("; ", violations) + "\n" + timeline());
        }
    }

    /** What happened so far, a line for each event. Any thread may ask. */
    public String timeline() {
        return simulation.timeline.toString();
    }

    /**
     * How much real time code of candidates may take in one instant of virtual time before the test fails; 10 s by default,
     * for busy machines.
     */
    public void patience(Duration realTime) {
        simulation.patience(realTime);
    }

    /**
     * Ends the election: resumes, heals and closes the candidates that live, lets time pass until their callbacks have
     * returned, and then ends all threads, those of killed candidates by an interrupt and an error from within our calls.
     * Idempotent.
     *
     * @throws AssertionError if a leader's work or callback does not end
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        simulation.drive();
        closed = true;
        try {
            if (!simulation.isStuck()) {
                closeCandidates();
            }
        } finally {
            List<Thread> left = simulation.end();
            if (!left.isEmpty()) {
                StringBuilder text =
                        new StringBuilder("code of a candidate does not end, though it was stopped and interrupted:");
                left.forEach(thread -> StuckText.append(text, thread));
                throw new AssertionError(text + "\n" + timeline());
            }
        }
    }

    private void closeCandidates() {
        simulation.timeline.add(simulation.nowNanos(), "end", "all candidates are resumed, healed and closed");
        storeAway = false;
        List<SimulatedProcess> living = simulation.living();
        for (SimulatedProcess process : living) {
            process.network.storeComesBack();
            process.network.heal();
            simulation.resume(process);
            simulation.changeRate(process, 1);
            simulation.close(process);
        }
        simulation.run(
                LONGEST_RUN,
                () -> living.stream().allMatch(process -> process.closed && !simulation.isSomebodyStanding(process)));
    }

    /** A rival that only counts as one. */
    private static final class Idle implements LeaderCallbacks {
        @Override
        public void onStartedLeading(Leadership leadership) {}

        @Override
        public void onStoppedLeading(Leadership ended) {}
    }
}
