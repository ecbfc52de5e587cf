package io.github.leaderelection.core;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderMetric;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.MachineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What threads do to each other, small enough that the ways in which they may interleave can be gone through. Each throws if
 * a promise is broken in the interleaving in which it runs; to hang is to break one, too.
 */
public enum Schedule implements Runnable {

    /** I1: a tenure that was revoked is over, even if a renewal comes in. */
    RENEWAL_AND_REVOCATION {
        @Override
        void play(Crew crew) {
            Tenure tenure = tenure(1, new HandClock(), 10);
            crew.go(() -> tenure.extend(30));
            crew.go(() -> {
                tenure.revoke(RevocationReason.CLOSED);
                check(!tenure.isValid(), "valid right after its revocation");
            });
            crew.join();
            check(!tenure.isValid(), "revived");
        }
    },

    /** I1: a tenure that somebody saw past its deadline is over, even if a renewal comes in just then. */
    RENEWAL_AND_DEADLINE {
        @Override
        void play(Crew crew) {
            HandClock time = new HandClock();
            Tenure tenure = tenure(1, time, 10);
            boolean[] extended = new boolean[1];
            crew.go(() -> extended[0] = tenure.extend(30));
            crew.go(() -> time.advance(Duration.ofNanos(10), () -> {}));
            crew.go(() -> {
                boolean before = tenure.isValid();
                boolean after = tenure.isValid();
                check(before || !after, "revived");
            });
            crew.join();
            check(extended[0] == tenure.isValid(), "extended: " + extended[0] + ", and valid: " + tenure.isValid());
        }
    },

    /** I8: whoever ends a tenure is told for good whether its work has begun, and an interrupt does not outlive the work. */
    BEGINNING_OF_WORK_AND_REVOCATION {
        @Override
        void play(Crew crew) {
            Tenure tenure = tenure(1, new HandClock(), 10);
            boolean[] began = new boolean[1];
            boolean[] told = new boolean[1];
            boolean[] leaked = new boolean[1];
            CompletableFuture<Void> revoked = new CompletableFuture<>();
            crew.go(() -> {
                began[0] = tenure.workBegins();
                if (began[0]) {
                    tenure.workEnds();
                    revoked.join();
                    leaked[0] = Thread.currentThread().isInterrupted();
                }
            });
            crew.go(() -> {
                tenure.revoke(RevocationReason.CLOSED);
                told[0] = tenure.workStarted();
                revoked.complete(null);
            });
            crew.join();
            check(began[0] == told[0], "the work began: " + began[0] + ", and told was " + told[0]);
            check(!leaked[0], "an interrupt outlives the work");
        }
    },

    /** An action that is registered while the tenure is revoked runs, and runs once. */
    REGISTRATION_AND_REVOCATION {
        @Override
        void play(Crew crew) {
            Tenure tenure = tenure(1, new HandClock(), 10);
            AtomicInteger ran = new AtomicInteger();
            crew.go(() -> tenure.onRevoked(ran::incrementAndGet));
            crew.go(() -> {
                tenure.revoke(RevocationReason.CLOSED);
                tenure.takeRevocationActions().forEach(Runnable::run);
            });
            crew.join();
            check(ran.get() == 1, "ran " + ran + " times");
        }
    },

    /** I8, over two tenures and to the end. */
    CALLBACKS_OF_TWO_TENURES {
        @Override
        void play(Crew crew) {
            HandClock time = new HandClock();
            Stage stage = new Stage();
            CallbackLane lane = new CallbackLane(stage, crew, crew, new Clock(time), 10, Rig.tellingOf(stage::failed));
            for (int number = 1; number <= 2; number++) {
                Tenure tenure = tenure(number, time, 10);
                lane.start(tenure, false, () -> {});
                tenure.revoke(RevocationReason.CLOSED);
                CompletableFuture<Void> quiet = new CompletableFuture<>();
                lane.stop(tenure, () -> quiet.complete(null));
                quiet.join();
            }
            lane.closed();
            crew.join();
            stage.checkEnded();
        }
    },

    /** No event is lost, and no two steps are taken at once. */
    EVENTS_FROM_TWO_THREADS {
        @Override
        void play(Crew crew) {
            Steps steps = new Steps();
            ElectionLoop loop = new ElectionLoop(
                    new MachineSettings("a", 15, 10, 2, 10, true, false, false),
                    new ScriptedLock(false, Optional.empty()),
                    new Clock(new HandClock()),
                    new SplittableRandom(1),
                    crew,
                    steps);
            for (int thread = 0; thread < 2; thread++) {
                crew.go(() -> loop.post(new ElectionEvent.HealthReported(true)));
            }
            crew.join();
            check(steps.begun == 2 && steps.ended == 2, steps.begun + " steps begun, " + steps.ended + " ended");
        }
    },

    /** A task runs, and runs once, however those that come and the threads that leave interleave. */
    TASKS_AND_THREADS_THAT_LEAVE {
        @Override
        void play(Crew crew) {
            ElasticThreads threads = new ElasticThreads(crew, 1, 0, new HandClock());
            AtomicInteger ran = new AtomicInteger();
            for (int thread = 0; thread < 2; thread++) {
                crew.go(() -> threads.execute(ran::incrementAndGet));
            }
            crew.join();
            check(ran.get() == 2, ran + " of 2 tasks ran");
        }
    },

    /** A metric is told in order, and of one thing at a time. */
    METRIC_OF_A_TENURE {
        @Override
        void play(Crew crew) {
            Stage stage = new Stage();
            CallbackLane lane =
                    new CallbackLane(stage, crew, crew, new Clock(new HandClock()), 10, Rig.tellingOf(stage::failed));
            Gauge gauge = new Gauge();
            MetricLane metric = MetricLane.of(gauge, crew, lane, stage::failed);
            metric.on("election");
            metric.off("election");
            metric.on("election");
            metric.taken().thenRun(() -> check(gauge.told.size() == 3, "taken too soon: " + gauge.told));
            crew.join();
            check(gauge.told.equals(List.of("on", "off", "on")), "told " + gauge.told);
            stage.checkUnharmed();
        }
    },

    /** Of two threads that start an elector one does, and the other is told. */
    TWO_STARTS {
        @Override
        void play(Crew crew) {
            ElectorRuntime elector = elector(crew, new Stage());
            AtomicInteger refused = new AtomicInteger();
            for (int thread = 0; thread < 2; thread++) {
                crew.go(() -> {
                    try {
                        elector.start();
                    } catch (IllegalStateException second) {
                        refused.incrementAndGet();
                    }
                });
            }
            crew.join();
            check(refused.get() == 1, refused + " of 2 starts were refused");
        }
    },

    /** Closing and starting at once leaves an elector that is closed, and told so once; nothing hangs. */
    START_AND_TWO_CLOSES {
        @Override
        void play(Crew crew) {
            Stage stage = new Stage();
            ElectorRuntime elector = elector(crew, stage);
            crew.go(() -> {
                try {
                    elector.start();
                } catch (IllegalStateException closed) {
                    check(!elector.isLeader(), "leads, though its start was refused");
                }
            });
            crew.go(() -> {
                elector.close();
                check(!elector.isLeader(), "leads, though it is closed");
            });
            elector.close();
            boolean refused = false;
            try {
                elector.start();
            } catch (IllegalStateException closed) {
                refused = true;
            }
            check(refused, "starts, though it is closed");
            crew.join();
            check(!elector.isLeader(), "leads, though it is closed");
            stage.checkEnded();
        }
    },

    /** Whoever waits in {@code run()} comes back when the elector is closed. */
    RUN_AND_CLOSE {
        @Override
        void play(Crew crew) {
            Stage stage = new Stage();
            ElectorRuntime elector = elector(crew, stage);
            crew.go(() -> {
                try {
                    elector.run();
                } catch (IllegalStateException closed) {
                    check(!elector.isLeader(), "leads, though its start was refused");
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
            });
            elector.close();
            crew.join();
            stage.checkEnded();
        }
    },

    /** Whoever waits for a step-down is told, whatever comes between. */
    STEP_DOWN_AND_CLOSE {
        @Override
        void play(Crew crew) {
            Stage stage = new Stage();
            ElectorRuntime elector = elector(crew, stage);
            elector.start();
            crew.go(() -> elector.stepDown().toCompletableFuture().join());
            elector.close();
            elector.stepDown().toCompletableFuture().join();
            crew.join();
            stage.checkEnded();
        }
    };

    abstract void play(Crew crew);

    @Override
    public void run() {
        play(new Crew());
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static Tenure tenure(long number, HandClock time, long validUntilNanos) {
        return new Tenure("election", "a", number, number, validUntilNanos, validUntilNanos, new Clock(time));
    }

    private static ElectorRuntime elector(Crew crew, LeaderCallbacks callbacks) {
        LeaderElectionConfig config = LeaderElectionConfig.builder()
                .name("election")
                .lock(new ScriptedLock(false, Optional.empty()))
                .callbacks(callbacks)
                .releaseOnCancel(true)
                .timeSource(new HandClock())
                .build();
        return new ElectorRuntime(config, new ElectorThreads(new Clock(new HandClock()), crew, crew, crew));
    }

    /** A thread for each task. */
    static final class Crew implements Executor {
        private final List<Thread> threads = new ArrayList<>(); // guarded by this
        private volatile @Nullable Throwable thrown;

        @Override
        public void execute(Runnable task) {
            go(task);
        }

        void go(Runnable task) {
            Thread thread = new Thread(() -> {
                try {
                    task.run();
                } catch (Throwable broken) {
                    thrown = broken;
                }
            });
            synchronized (this) {
                threads.add(thread);
            }
            thread.start();
        }

        /** Waits for all, those that come in meanwhile included. */
        void join() {
            try {
                for (Thread next = next(0); next != null; next = next(1)) {
                    next.join();
                }
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            Throwable broken = thrown;
            if (broken != null) {
                throw new AssertionError(broken.toString(), broken);
            }
        }

        private synchronized @Nullable Thread next(int joined) {
            if (joined == 1) {
                threads.remove(0);
            }
            return threads.isEmpty() ? null : threads.get(0);
        }
    }

    /** Callbacks that notice when they overlap, or come out of order. */
    static final class Stage implements LeaderCallbacks {
        // Volatile, so that others may come in between.
        private volatile boolean working;
        private volatile boolean toStop;
        private volatile boolean closed;
        private volatile @Nullable Throwable failure;

        @Override
        public void onStartedLeading(Leadership leadership) {
            check(!working && !toStop && !closed, "a start out of order");
            working = true;
            toStop = true;
            working = false;
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            check(!working && toStop && !closed, "a stop out of order");
            toStop = false;
        }

        @Override
        public void onClosed() {
            check(!working && !toStop && !closed, "an end out of order");
            closed = true;
        }

        void failed(Throwable trouble) {
            failure = trouble;
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
        }

        void checkUnharmed() {
            check(failure == null, "failed with " + failure);
        }

        void checkEnded() {
            checkUnharmed();
            check(closed, "not told of the end");
            check(!toStop, "a start without a stop");
        }
    }

    static final class Gauge implements LeaderMetric {
        volatile List<String> told = List.of();

        @Override
        public void on(String name) {
            tell("on");
        }

        @Override
        public void off(String name) {
            tell("off");
        }

        @Override
        public void slowpathExercised(String name) {}

        private void tell(String what) {
            List<String> known = new ArrayList<>(told);
            known.add(what);
            told = known;
        }
    }

    static final class Steps extends QuietOwner {
        volatile int begun;
        volatile int ended;

        @Override
        public void onStep(ElectionMachine machine) {
            check(begun == ended, "two steps at once");
            begun = begun + 1;
        }

        @Override
        public void onStepped(ElectionMachine machine) {
            ended = ended + 1;
        }

        @Override
        public void onBroken(Throwable bug) {
            begun = Integer.MIN_VALUE;
        }
    }
}
