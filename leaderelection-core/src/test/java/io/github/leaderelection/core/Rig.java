package io.github.leaderelection.core;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One elector whose loop and whose callbacks run on the test's own thread, when the test says so, over a lock that the test
 * scripts. Leases are 15 s, 10 s, 2 s.
 */
final class Rig {

    final HandClock time = new HandClock();
    final TaskQueue loops = new TaskQueue();
    final TaskQueue callbacks = new TaskQueue();
    final TaskQueue works = new TaskQueue();
    final ScriptedLock lock;
    final Told told = new Told();
    final ElectorRuntime elector;

    Rig() {
        this(true, config -> {});
    }

    Rig(boolean canWatch, Consumer<LeaderElectionConfig.Builder> settings) {
        this(canWatch, settings, null, Optional.empty());
    }

    /** A rig whose record a session holds. */
    Rig(ScriptedSessions sessions) {
        this(true, config -> {}, null, Optional.of(sessions));
    }

    /** A rig whose callbacks run elsewhere. */
    Rig(Executor callbackThreads) {
        this(true, config -> {}, callbackThreads, Optional.empty());
    }

    private Rig(
            boolean canWatch,
            Consumer<LeaderElectionConfig.Builder> settings,
            @Nullable Executor callbackThreads,
            Optional<ScriptedSessions> sessions) {
        lock = new ScriptedLock(canWatch, sessions);
        LeaderElectionConfig.Builder config = LeaderElectionConfig.builder()
                .name("election")
                .lock(lock)
                .callbacks(told)
                .releaseOnCancel(true)
                .timeSource(time);
        settings.accept(config);
        elector = new ElectorRuntime(
                config.build(),
                new ElectorThreads(
                        new Clock(time),
                        loops,
                        new ElasticThreads(callbackThreads == null ? callbacks : callbackThreads, 16, 16, time),
                        callbackThreads == null ? works : callbackThreads));
    }

    /** An owner of a lane that hears of all that its callbacks throw alike. */
    static CallbackLane.Owner tellingOf(Consumer<Throwable> thrown) {
        return new CallbackLane.Owner() {
            @Override
            public void onCallbackThrew(Throwable error) {
                thrown.accept(error);
            }

            @Override
            public void onErrorThrew(Throwable error) {
                thrown.accept(error);
            }
        };
    }

    /** What callbacks were told. */
    static final class Told implements LeaderCallbacks {
        final List<String> lines = new ArrayList<>();
        final List<Throwable> errors = new ArrayList<>();
        Runnable whenStarted = () -> {};
        Runnable whenStopped = () -> {};
        Runnable whenLeader = () -> {};
        Runnable whenClosed = () -> {};
        Runnable whenError = () -> {};

        @Override
        public void onStartedLeading(Leadership leadership) {
            lines.add("started " + leadership.fencingToken());
            whenStarted.run();
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            lines.add("stopped " + ended.revocationReason().orElseThrow());
            whenStopped.run();
        }

        @Override
        public void onNewLeader(String identity) {
            lines.add("leader " + identity);
            whenLeader.run();
        }

        @Override
        public void onNoLeader() {
            lines.add("no leader");
        }

        @Override
        public void onClosed() {
            lines.add("closed");
            whenClosed.run();
        }

        @Override
        public void onError(Throwable error) {
            errors.add(error);
            lines.add("error " + error.getMessage());
            whenError.run();
        }

        long count(String line) {
            return lines.stream().filter(line::equals).count();
        }
    }

    /** Lets the loop and the callbacks do all that they have to do. */
    void settle() {
        do {
            settleAllButWorks();
        } while (works.runOne());
    }

    /** The same, but no leader's work gets a thread. */
    void settleAllButWorks() {
        while (loops.runOne() || callbacks.runOne()) {
            // go on
        }
    }

    Rig start() {
        elector.start();
        settle();
        return this;
    }

    void advance(Duration step) {
        time.advance(step, this::settle);
    }

    void advanceSeconds(double seconds) {
        advance(Duration.ofNanos((long) (seconds * 1e9)));
    }

    /** Starts {@code close()} on a thread of its own, and returns when the elector was told. */
    Thread closing() {
        return waiting(elector::close);
    }

    /** Runs a call that waits for the elector on a thread of its own, and returns when the elector was told. */
    Thread waiting(Runnable call) {
        settle();
        int before = loops.size();
        Thread thread = new Thread(call);
        thread.setDaemon(true);
        thread.start();
        long giveUpNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (loops.size() == before && thread.isAlive()) {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new AssertionError("the call did not reach the loop");
            }
            Thread.onSpinWait();
        }
        return thread;
    }

    /** Starts {@code run()} on a thread of its own, and returns when the elector was told. */
    Thread running() {
        return waiting(() -> {
            try {
                elector.run();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        });
    }

    void close() {
        Thread closing = closing();
        settle();
        join(closing);
    }

    static void join(Thread thread) {
        try {
            thread.join(30_000);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        if (thread.isAlive()) {
            throw new AssertionError("the call did not return");
        }
    }

    static LeaderElectionRecord heldBy(String holder) {
        return new LeaderElectionRecord(holder, Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0);
    }
}
