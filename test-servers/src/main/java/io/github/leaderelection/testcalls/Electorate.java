package io.github.leaderelection.testcalls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.ResourceLock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The candidates of an election, all in this JVM. Asks them over and over whether they lead, so that two at once are found. */
public final class Electorate implements AutoCloseable {

    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final List<Candidate> candidates = new CopyOnWriteArrayList<>();
    private final AtomicInteger leadersMax = new AtomicInteger();
    private volatile boolean closed;

    /** Without candidates. */
    public Electorate() {
        Thread looker = new Thread(this::look, "electorate");
        looker.setDaemon(true);
        looker.start();
    }

    private void look() {
        while (!closed) {
            count();
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }

    /** Two that say yes one after the other may be two tenures: all are asked again. */
    private void count() {
        List<Candidate> leading = candidates.stream().filter(Candidate::leads).toList();
        long still = leading.stream().filter(Candidate::leads).count();
        leadersMax.accumulateAndGet((int) still, Math::max);
    }

    /** Lets another candidate campaign. */
    public Candidate enter(ResourceLock lock, Candidate.Timing timing) {
        Candidate candidate = new Candidate(lock, timing);
        candidates.add(candidate);
        return candidate;
    }

    /** All that have entered, also those that were closed. */
    public List<Candidate> candidates() {
        return List.copyOf(candidates);
    }

    /** Whoever leads now. */
    public Optional<Candidate> leader() {
        return candidates.stream().filter(Candidate::leads).findFirst();
    }

    /** Waits until somebody leads. */
    public Candidate awaitLeader() {
        Eventually.isTrue("somebody leads", () -> leader().isPresent());
        return leader().orElseThrow(() -> new AssertionError("the leader was lost at once: " + candidates));
    }

    /**
     * Closes a leader that has a successor, and asserts that its last write began the tenure of that one.
     *
     * @param reader an access to their record
     */
    public void assertHandsOverInOneWrite(Candidate leader, Candidate next, ResourceLock reader) {
        Eventually.isTrue(
                "somebody stands by",
                () -> Calls.read(reader).orElseThrow().record().successor().isPresent());
        LeaderElectionRecord entered = Calls.read(reader).orElseThrow().record();
        leader.close();
        next.awaitTenure(1);
        LockSnapshot handedOver = Calls.read(reader).orElseThrow();
        assertEquals(
                entered.successor().orElseThrow().claim(),
                handedOver.record().claim().orElseThrow());
        assertEquals(entered.leaderTransitions() + 1, handedOver.record().leaderTransitions());
        assertEquals(handedOver.version().order(), next.latest().fencingToken());
        assertEquals(1, leadersMax());
    }

    /** How many were found to lead at once, at most; also now. */
    public int leadersMax() {
        count();
        return leadersMax.get();
    }

    @Override
    public void close() {
        closed = true;
        candidates.forEach(Candidate::close);
    }
}
