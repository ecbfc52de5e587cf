package io.github.leaderelection.lock.inmemory.elector;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.LeaderObserver;
import io.github.leaderelection.core.WatchedElectors;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One election with a clock that is moved by hand, in steps so small that nobody is late: before each step every candidate
 * has done what the time calls for. Leases are 15 s, 10 s, 2 s unless a test says otherwise; work has an hour to end, so
 * that only tests of the drain timeout meet it.
 */
final class Arena implements AutoCloseable {

    static final String ELECTION = "election";
    static final Duration LEASE = Duration.ofSeconds(15);
    static final Duration RENEW = Duration.ofSeconds(10);
    static final Duration RETRY = Duration.ofSeconds(2);

    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration BUSY_CALLBACK_BOUND = Duration.ofSeconds(1);
    private static final Duration LONGEST_WALK = Duration.ofMinutes(10);

    final ManualTimeSource time = new ManualTimeSource();
    final InMemorySpace space = new InMemorySpace(time);
    private final WatchedElectors electors = new WatchedElectors();
    private final List<Candidate> candidates = new CopyOnWriteArrayList<>();

    Candidate candidate(String identity) {
        return candidate(identity, config -> {});
    }

    Candidate candidate(String identity, Consumer<LeaderElectionConfig.Builder> settings) {
        return candidate(space.lock(ELECTION, identity), settings);
    }

    Candidate candidate(ResourceLock lock, Consumer<LeaderElectionConfig.Builder> settings) {
        Tape tape = new Tape();
        CandidateClock clock = new CandidateClock(time);
        LeaderElectionConfig.Builder config = config(lock).callbacks(tape).timeSource(clock);
        settings.accept(config);
        Candidate candidate = new Candidate(electors, config.build(), tape, clock, space.faults(lock.identity()));
        candidates.add(candidate);
        return candidate;
    }

    LeaderObserver observe(LeaderElectionConfig config) {
        return electors.observe(config);
    }

    LeaderElectionConfig.Builder config(ResourceLock lock) {
        return LeaderElectionConfig.builder()
                .name(ELECTION)
                .lock(lock)
                .drainTimeout(Duration.ofHours(1))
                .releaseOnCancel(true)
                .timeSource(time);
    }

    LeaderElectionRecord record() {
        return space.record(ELECTION).orElseThrow(() -> new AssertionError("there is no record"));
    }

    String holder() {
        return space.record(ELECTION).map(LeaderElectionRecord::holderIdentity).orElse("");
    }

    /** Lets time pass. */
    void walk(Duration way) {
        Duration left = way;
        while (!left.isZero()) {
            settle();
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            time.advance(step);
            left = left.minus(step);
        }
        settle();
    }

    /** Lets time pass until the condition holds. Callbacks are given some real time in each step, too. */
    void walkUntil(String what, BooleanSupplier condition) {
        Duration walked = Duration.ZERO;
        while (!Await.within(Duration.ofMillis(1), condition)) {
            if (walked.compareTo(LONGEST_WALK) > 0) {
                throw new AssertionError("not within " + LONGEST_WALK + ": " + what + told());
            }
            walk(STEP);
            walked = walked.plus(STEP);
        }
    }

    /** Waits, while the clock stands still. */
    void await(String what, BooleanSupplier condition) {
        Await.until(() -> what + told(), condition);
    }

    private String told() {
        StringBuilder told = new StringBuilder();
        candidates.forEach(each ->
                told.append("; ").append(each.identity).append(" was told ").append(each.tape.lines));
        return told.toString();
    }

    /** Waits until all have done what the present moment calls for. A callback that is busy is waited for a little while. */
    private void settle() {
        do {
            Await.until(() -> "the loops have done what is due" + told(), electors::loopsAreIdle);
            Await.within(BUSY_CALLBACK_BOUND, electors::callbacksAreAtRest);
        } while (!electors.loopsAreIdle());
    }

    /** Walks until what is under way is done. */
    void walkUntilDone(CompletableFuture<?> underWay) {
        walkUntil("the end of what is under way", underWay::isDone);
        Await.result(underWay);
    }

    @Override
    public void close() {
        candidates.forEach(Candidate::letTimersGo);
        candidates.forEach(candidate -> candidate.faults.heal());
        CompletableFuture<?>[] closings =
                candidates.stream().map(Candidate::closing).toArray(CompletableFuture[]::new);
        CompletableFuture<Void> all = CompletableFuture.allOf(closings);
        while (!all.isDone()) {
            Await.within(Duration.ofMillis(1), all::isDone);
            time.advance(STEP);
        }
    }
}
