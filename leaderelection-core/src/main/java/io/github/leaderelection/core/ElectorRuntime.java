package io.github.leaderelection.core;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.LeaseExpiredException;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionAction.Trouble;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.ElectionState;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.Surroundings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One elector: the machine, its loop, its tenures and its callbacks, put together. */
final class ElectorRuntime implements LeaderElector, ElectionLoop.Owner, CallbackLane.Owner {

    /** What onlookers are told, without asking the loop. */
    private record LeaderView(@Nullable String leader, long untilNanos) {}

    /** What a bounded wait allows beyond the time that its steps may take: a busy machine, a collector's pause. */
    private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The run of an elector that was started: nobody waits for its end but by closing. */
    private static final CompletableFuture<Void> UNATTENDED = CompletableFuture.completedFuture(null);

    /** Without state of its own, one for all electors. */
    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    /** Those of the elector that was made last. */
    private static volatile @Nullable MachineSettings latestSettings;

    private final LeaderElectionConfig config;
    private final MachineSettings settings;
    private final Clock clock;
    private final ElectionLoop loop;
    private final CallbackLane lane;
    private final ErrorReports reports;
    private final MetricLane metric;
    private final @Nullable HealthChecks health;
    private final Executor callbackThreads;
    private List<CompletableFuture<Void>> stepDowns = List.of(); // of the loop

    private volatile LeaderView view = new LeaderView(null, 0);
    private volatile @Nullable Tenure tenure; // the latest; written by the loop
    private volatile @Nullable Throwable failure;
    private @Nullable LockDeniedException denied; // of the loop
    private boolean closedMarked; // of the loop
    private boolean workStuck; // of the loop

    /** And the monitor of what follows, which is not this object: users may hold that for as long as they like. */
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    // Guarded by that monitor.
    private @Nullable CompletableFuture<Void> running;
    private boolean closing;

    ElectorRuntime(LeaderElectionConfig config, ElectorThreads shared) {
        this.config = config;
        Optional<Surroundings> simulated =
                config.timeSource().filter(Surroundings.class::isInstance).map(Surroundings.class::cast);
        ElectorThreads threads =
                simulated.map(Surroundings::executor).map(shared::replacedBy).orElse(shared);
        RandomGenerator random = simulated.map(Surroundings::random).orElse(RANDOM);
        settings = settings(config, simulated.isPresent(), random);
        clock = config.timeSource().map(Clock::new).orElseGet(shared::clock);
        loop = new ElectionLoop(settings, config.lock(), clock, random, threads.loops(), this);
        callbackThreads = threads.callbacks();
        lane = new CallbackLane(
                config.callbacks(), threads.callbacks(), threads.works(), clock, settings.drainNanos(), this);
        reports = new ErrorReports(name(), identity(), lane);
        metric = MetricLane.of(
                config.metricsProvider().orElseGet(LeaderElectors::provider).newLeaderMetric(),
                threads.callbacks(),
                lane,
                trouble -> loop.execute(() -> reports.report(Source.METRIC, trouble)));
        metric.off(name());
        health = config.health()
                .map(predicate -> new HealthChecks(
                        predicate,
                        threads.callbacks(),
                        clock,
                        settings.retryNanos(),
                        healthy -> loop.post(new ElectionEvent.HealthReported(healthy)),
                        this::onCallbackThrew))
                .orElse(null);
    }

    /** Electors of one process are alike nearly always, but for the election: those that follow each other share settings. */
    private static MachineSettings settings(LeaderElectionConfig config, boolean simulated, RandomGenerator random) {
        LockCapabilities capabilities = config.lock().capabilities();
        boolean sessions = capabilities.sessions() && config.lock().sessions().isPresent();
        long retryNanos = config.retryPeriod().toNanos();
        MachineSettings wanted = new MachineSettings(
                config.lock().identity(),
                config.leaseDuration().toNanos(),
                config.renewDeadline().toNanos(),
                retryNanos,
                config.drainTimeout().toNanos(),
                config.releaseOnCancel(),
                capabilities.watch(),
                sessions,
                capabilities.leaderWatches(),
                // In a simulation renewals come when a test expects them; and those of a session are none.
                sessions || simulated ? retryNanos : (long) (random.nextDouble() * retryNanos));
        MachineSettings before = latestSettings;
        if (before != null && before.equals(wanted)) {
            return before;
        }
        latestSettings = wanted;
        return wanted;
    }

    // ---- what users call

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public String identity() {
        return config.lock().identity();
    }

    @Override
    public void run() throws InterruptedException {
        CompletableFuture<Void> done = begin(Mode.ONE_TENURE);
        try {
            done.get();
        } catch (InterruptedException interrupted) {
            cancel(done);
            await(done);
            throw interrupted;
        } catch (ExecutionException failed) {
            Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
            throw new LeaderElectionException(
                    "the elector " + identity() + " of the election " + name() + " has failed: " + cause.getMessage(),
                    cause);
        }
    }

    /** Unless that run has ended just now: what runs next must not be cancelled in its place. */
    private void cancel(CompletableFuture<Void> run) {
        synchronized (closed) {
            if (running == run) {
                loop.post(new ElectionEvent.CancelRequested());
            }
        }
    }

    @Override
    public void start() {
        begin(Mode.CONTINUOUS);
    }

    void observe() {
        begin(Mode.OBSERVE);
    }

    private CompletableFuture<Void> begin(Mode mode) {
        synchronized (closed) {
            if (closing) {
                throw new IllegalStateException("the elector " + identity() + " is closed: make a new one");
            }
            if (running != null) {
                throw new IllegalStateException("the elector " + identity() + " is running already");
            }
            CompletableFuture<Void> begun = mode == Mode.ONE_TENURE ? new CompletableFuture<>() : UNATTENDED;
            running = begun;
            if (health != null && mode != Mode.OBSERVE) {
                health.start();
            }
            loop.post(new ElectionEvent.StartRequested(mode));
            return begun;
        }
    }

    @Override
    public CompletionStage<Void> stepDown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (stepDowns.isEmpty()) {
                stepDowns = new ArrayList<>(1);
            }
            stepDowns.add(done);
            loop.step(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
            if (loop.isBroken()) {
                completeStepDowns();
            }
        });
        return done.minimalCompletionStage();
    }

    @Override
    public boolean isLeader() {
        Tenure current = tenure;
        return current != null && current.isValid();
    }

    @Override
    public Optional<Leadership> leadership() {
        Tenure current = tenure;
        return current != null && current.isValid() ? Optional.of(current) : Optional.empty();
    }

    @Override
    public Optional<String> getLeader() {
        LeaderView current = view;
        return clock.nowNanos() < current.untilNanos() ? Optional.ofNullable(current.leader()) : Optional.empty();
    }

    @Override
    public void check(Duration maxTolerableExpiredLease) {
        Throwable failed = failure;
        if (failed != null) {
            throw new LeaseExpiredException(
                    "the elector " + identity() + " has failed: " + failed.getMessage(), failed);
        }
        Tenure last = tenure;
        if (last == null || last.isQuiet()) {
            return;
        }
        Duration expiredFor =
                Duration.ofNanos(clock.nowNanos() - last.lastSentNanos()).minus(config.leaseDuration());
        if (expiredFor.compareTo(maxTolerableExpiredLease) > 0) {
            throw new LeaseExpiredException("the lease of " + identity() + " on " + name() + " ran out "
                    + expiredFor.toMillis() + " ms ago and the leader's work has not ended; tolerated are "
                    + maxTolerableExpiredLease.toMillis() + " ms");
        }
    }

    @Override
    public void close() {
        synchronized (closed) {
            if (!closing) {
                closing = true;
                loop.post(new ElectionEvent.CloseRequested());
            }
        }
        if (!lane.isCurrentThread()) {
            await(closed);
        }
    }

    /** Waits for the end of a tenure, which the machine bounds; the bound here only guards against a stuck process. */
    private void await(CompletableFuture<Void> end) {
        long bound = settings.drainNanos() + 3 * settings.callNanos() + SLACK_NANOS;
        try {
            Uninterruptibles.getUninterruptibly(end, bound, TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            reports.trace("did not end within " + TimeUnit.NANOSECONDS.toMillis(bound) + " ms");
        } catch (ExecutionException failed) {
            reports.trace("ended with " + failed.getCause());
        }
    }

    // ---- what the loop calls

    @Override
    public void onAction(ElectionAction action) {
        if (action instanceof ElectionAction.BeginTenure begin) {
            onBegin(begin);
        } else if (action instanceof ElectionAction.ExtendTenure extend) {
            onExtend(extend);
        } else if (action instanceof ElectionAction.RevokeTenure revoke) {
            onRevoke(revoke.reason());
        } else if (action instanceof ElectionAction.AnnounceLeader announce) {
            lane.announce(announce.leader());
        } else if (action instanceof ElectionAction.RenewalSent renewal) {
            metric.renewalDelayed(name(), Duration.ofNanos(renewal.delayNanos()));
        } else if (action instanceof ElectionAction.SlowPathTaken) {
            metric.slowpathExercised(name());
        } else if (action instanceof ElectionAction.Report report) {
            onReport(report.trouble());
        } else if (action instanceof ElectionAction.Finished) {
            onFinished();
        }
    }

    private void onBegin(ElectionAction.BeginTenure begin) {
        Tenure begun = new Tenure(
                name(),
                identity(),
                begin.tenure(),
                begin.token(),
                begin.validUntilNanos(),
                settings.renewNanos(),
                clock);
        tenure = begun;
        reports.passed(Source.ENGINE);
        begun.watchStart(clock.schedule(() -> loop.execute(() -> checkStarted(begun)), settings.drainNanos()));
        lane.start(begun, config.resignWhenWorkEnds(), () -> loop.post(new ElectionEvent.WorkEnded(begun.number())));
        metric.on(name());
        reports.trace("leads with token " + begin.token());
        loop.recordEvent(identity() + " became leader");
    }

    private void onQuiet(Tenure ended) {
        workStuck = false;
        loop.step(new ElectionEvent.WorkQuiet(ended.number()));
    }

    /** A lease without work helps nobody: an earlier callback that hangs must not keep it. */
    private void checkStarted(Tenure begun) {
        if (begun.workStarted() || !begun.isValid()) {
            return;
        }
        reports.report(
                Source.ENGINE,
                new LeaderElectionException("the work of " + begun + " could not start within the drain timeout of "
                        + config.drainTimeout()
                        + ", because an earlier callback has not returned or there is no thread;"
                        + " stepping down"));
        loop.step(new ElectionEvent.StepDownRequested(RevocationReason.UNHEALTHY));
    }

    private void onExtend(ElectionAction.ExtendTenure extend) {
        Tenure current = tenure;
        if (current == null) {
            return;
        }
        if (!current.extend(extend.validUntilNanos())
                && current.revocationReason().isEmpty()) {
            loop.post(new ElectionEvent.TenureLapsed(current.number()));
        }
        metric.renewed(name(), Duration.ofNanos(extend.latencyNanos()));
    }

    private void onRevoke(RevocationReason reason) {
        Tenure current = tenure;
        if (current == null) {
            return;
        }
        current.revoke(reason);
        lane.stop(current, () -> loop.execute(() -> onQuiet(current)));
        metric.off(name());
        reports.trace("stops leading: " + reason);
        loop.recordEvent(identity() + " stopped leading");
    }

    private void onReport(Trouble trouble) {
        if (trouble == Trouble.DENIED_FOR_GOOD) {
            failure = denied; // which was reported when it came
            refuseStarts();
            return;
        }
        reports.report(Source.ENGINE, TroubleText.of(trouble, config, tenure));
        if (trouble == Trouble.WORK_NOT_QUIET) {
            workStuck = true;
            completeStepDowns(); // the record will not be released
        }
    }

    @Override
    public void onTrouble(Source source, Throwable trouble) {
        if (trouble instanceof LockDeniedException refusal) {
            denied = refusal;
        }
        reports.report(source, trouble);
    }

    @Override
    public void onSuccess(Source source) {
        reports.passed(source);
    }

    @Override
    public void onStep(ElectionMachine machine) {
        view = new LeaderView(
                machine.leader().orElse(null), machine.leaderUntilNanos()); // before anybody is told of it
    }

    @Override
    public void onStepped(ElectionMachine machine) {
        ElectionState state = machine.state();
        if (state != ElectionState.DRAINING && state != ElectionState.RELEASING) {
            completeStepDowns();
        }
        if (state == ElectionState.CLOSED) {
            markClosed();
        }
    }

    private void onFinished() {
        if (health != null) {
            health.stop();
        }
        CompletableFuture<Void> finished;
        synchronized (closed) {
            finished = running;
        }
        if (finished == null) {
            return;
        }
        Throwable failed = failure;
        callbacksSettled().thenRun(() -> {
            synchronized (closed) {
                running = null;
            }
            if (failed == null) {
                finished.complete(null);
            } else {
                finished.completeExceptionally(failed);
            }
        });
    }

    /** Work that does not end has been waited for once; what stands behind it in the lane is not waited for as well. */
    private CompletableFuture<Void> callbacksSettled() {
        return workStuck ? CompletableFuture.completedFuture(null) : lane.settled(metric.taken());
    }

    private void completeStepDowns() {
        List<CompletableFuture<Void>> waiting = stepDowns;
        if (waiting.isEmpty()) {
            return;
        }
        stepDowns = List.of();
        // What a user has chained to it runs where callbacks do, not on the loop.
        waiting.forEach(done -> done.completeAsync(() -> null, callbackThreads));
    }

    /** The end has come from within: who waits in run() and is told so may call at once. */
    private void refuseStarts() {
        synchronized (closed) {
            closing = true;
        }
    }

    /** Once, however many events still come in. */
    private void markClosed() {
        if (closedMarked) {
            return;
        }
        closedMarked = true;
        lane.closed();
        callbacksSettled().thenRun(() -> closed.complete(null));
    }

    @Override
    public void onBroken(Throwable bug) {
        failure = bug;
        refuseStarts();
        reports.report(Source.ENGINE, bug);
        Tenure current = tenure;
        if (current != null && current.revocationReason().isEmpty()) {
            onRevoke(RevocationReason.INVARIANT_BROKEN);
        }
        onFinished();
        completeStepDowns();
        markClosed();
    }

    // ---- what callbacks' threads call

    @Override
    public void onCallbackThrew(Throwable thrown) {
        onErrorThrew(thrown);
        loop.execute(() -> lane.error(thrown));
    }

    @Override
    public void onErrorThrew(Throwable thrown) {
        ErrorReports.logThrown(name() + "/" + identity(), thrown);
    }
}
