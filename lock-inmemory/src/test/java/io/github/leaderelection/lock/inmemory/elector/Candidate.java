package io.github.leaderelection.lock.inmemory.elector;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.core.WatchedElectors;
import io.github.leaderelection.lock.inmemory.InMemoryFaults;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** An elector in an arena, with the tape of its callbacks. */
final class Candidate {

    final String identity;
    final Tape tape;
    final InMemoryFaults faults;
    final LeaderElector elector;
    private final CandidateClock clock;

    Candidate(
            WatchedElectors electors,
            LeaderElectionConfig config,
            Tape tape,
            CandidateClock clock,
            InMemoryFaults faults) {
        this.identity = config.lock().identity();
        this.tape = tape;
        this.faults = faults;
        this.clock = clock;
        elector = electors.create(config);
    }

    Candidate start() {
        elector.start();
        return this;
    }

    /** Starts, and waits until it leads and its start callback was called. */
    Candidate startAndLead() {
        long before = tape.starts();
        start();
        Await.until(() -> identity + " leads: " + tape.lines, () -> elector.isLeader() && tape.starts() > before);
        return this;
    }

    /** {@code run()} on a thread of its own. */
    Run run() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread thread = new Thread(() -> completeWith(over, () -> {
            elector.run();
            return null;
        }));
        thread.setDaemon(true);
        thread.start();
        Await.until("run() waits for its end", () -> over.isDone() || thread.getState() == Thread.State.WAITING);
        return new Run(over, thread);
    }

    /** A {@code run()} that is under way. */
    record Run(CompletableFuture<Void> over, Thread thread) {}

    /** {@code close()} on a thread of its own. */
    CompletableFuture<Void> closing() {
        return inBackground(elector::close);
    }

    static CompletableFuture<Void> inBackground(Runnable task) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread thread = new Thread(() -> completeWith(over, () -> {
            task.run();
            return null;
        }));
        thread.setDaemon(true);
        thread.start();
        return over;
    }

    private static void completeWith(CompletableFuture<Void> over, Callable<@Nullable Void> task) {
        try {
            task.call();
            over.complete(null);
        } catch (CompletionException failed) {
            over.completeExceptionally(failed);
        } catch (Exception | Error failed) {
            over.completeExceptionally(failed);
        }
    }

    /** From here on none of its timers runs; what hangs on them is stuck, as in a process that is short of threads. */
    void holdTimers() {
        clock.hold();
    }

    void letTimersGo() {
        clock.letGo();
    }
}
