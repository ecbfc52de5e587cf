package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.ElectionState;
import io.github.leaderelection.core.machine.MachineSettings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One elector in a process of its own, or beside others ({@link SimHost}). Stands for {@code core.ElectionLoop} and {@code
 * core.ElectorRuntime}: events are taken one after the other; the time is read, the machine steps, its actions are done in their
 * order, the timer is set anew. Between any two of these the thread may stall, and the whole process may.
 */
final class SimProcess {

    final int number;
    final String name;
    final MachineSettings settings;
    final SimHost host;
    final SimClock clock;
    final Mode mode;
    final boolean tiedToWork;
    final Auditor auditor;
    final SimLane lane;
    private final Simulation world;
    private final ElectionMachine machine;

    private record Post(SimDelivery delivery, BooleanSupplier wanted) {}

    private final Deque<Post> loop = new ArrayDeque<>();
    private List<ElectionAction> actions = List.of();
    private int actionsDone;
    private boolean stalled;
    private boolean hasStalled;
    private boolean pumping;
    private final long bornAt;

    private final SimTimer timer;
    private final SimMember member;
    private SimNetwork.@Nullable Watch watch;
    private @Nullable SimTenure tenure;
    private boolean lapsePosted;
    private Optional<String> announced = Optional.empty();
    long watchLag;

    /** A user has called close. */
    boolean closing;

    boolean sick;
    private long ledSince;

    SimProcess(Simulation world, int number, MachineSettings settings, SimHost host, Mode mode, boolean tiedToWork) {
        this.world = world;
        this.number = number;
        this.settings = settings;
        this.host = host;
        clock = host.clock;
        this.mode = mode;
        this.tiedToWork = tiedToWork;
        name = "n" + number;
        machine =
                new ElectionMachine(settings, new SplittableRandom(world.dice().nextLong()));
        auditor = new Auditor(world, this, machine);
        lane = new SimLane(world, this);
        timer = new SimTimer(world, host, settings.retryNanos(), () -> post(new ElectionEvent.TimerFired()));
        member = new SimMember(world, this);
        bornAt = world.agenda().now();
    }

    boolean runs() {
        return host.runs();
    }

    boolean isDead() {
        return host.isDead();
    }

    /** Its process dies, and all of it with that. */
    void die() {
        endStretches();
        member.unfollow();
        if (watch != null) {
            watch.close();
        }
    }

    /** What hangs in it ends, and what stalls goes on. */
    void wakeUpAtLast() {
        lane.relent(tenure);
        if (stalled) {
            stalled = false;
            pump();
        }
    }

    void start() {
        post(new ElectionEvent.StartRequested(mode));
    }

    void close() {
        closing = true;
        post(new ElectionEvent.CloseRequested());
    }

    // ---- the loop

    void post(ElectionEvent event) {
        post(SimDelivery.of(event));
    }

    void post(SimDelivery delivery) {
        post(new Post(delivery, () -> true));
    }

    /** As {@link #post}, unless nobody wants it any more when its turn has come. */
    void postIf(BooleanSupplier wanted, ElectionEvent event) {
        post(new Post(SimDelivery.of(event), wanted));
    }

    private void post(Post post) {
        if (!isDead()) {
            loop.add(post);
            pump();
        }
    }

    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (runs() && !stalled) {
            if (actionsDone < actions.size()) {
                nextAction();
            } else {
                Post next = loop.poll();
                if (next == null) {
                    break;
                }
                if (next.wanted().getAsBoolean()) {
                    step(next.delivery());
                }
            }
        }
        pumping = false;
        if (runs() && !stalled) {
            auditor.idle(tenure, lapsePosted);
        }
    }

    private void step(SimDelivery posted) {
        SimDelivery delivery = posted.event() instanceof ElectionEvent.TimerFired
                ? SimDelivery.of(member.whenDue(machine.session()))
                : posted;
        if (delivery.event() instanceof ElectionEvent.SessionKept kept) {
            member.told(kept);
        }
        long now = clock.local(world.agenda().now());
        if (world.isTold()) {
            world.say(this, "< " + SimText.of(delivery.event()));
        }
        world.countStep();
        auditor.before(delivery, now);
        if (delivery.event() instanceof ElectionEvent.TenureLapsed) {
            lapsePosted = false;
        }
        try {
            actions = machine.step(
                    delivery.event(), now, clock.wall(world.agenda().now()));
        } catch (RuntimeException broken) { // its own check of an invariant, or a plain bug
            throw new SimViolation("machine", broken.toString());
        }
        auditor.after(actions, now);
        actionsDone = 0;
        if (actions.isEmpty()) {
            timer.rearm(machine.wakeAtNanos());
        }
    }

    private void nextAction() {
        if (!hasStalled && !world.isCalm() && world.dice().chance(world.weather().stall)) {
            hasStalled = true;
            stallBefore();
        } else {
            hasStalled = false;
            doNextAction();
        }
    }

    /** The thread of the loop, or the whole process, stops between the look at the clock and what follows from it. */
    private void stallBefore() {
        world.count(Fault.STALL);
        stalled = true;
        long most = world.dice().chance(0.5) ? world.weather().stallMost : host.realNanos(settings.retryNanos());
        long nanos = 1 + world.dice().below(most);
        if (world.isTold()) {
            world.say(this, "  stalls for " + Transcript.seconds(nanos));
        }
        if (world.dice().chance(0.3)) {
            host.pause(nanos);
        }
        world.agenda().at(world.agenda().now() + nanos, host, () -> {
            stalled = false;
            pump();
        });
    }

    private void doNextAction() {
        ElectionAction action = actions.get(actionsDone++);
        if (world.isTold()) {
            world.say(this, "> " + SimText.of(action));
        }
        perform(action);
        if (actionsDone == actions.size()) {
            timer.rearm(machine.wakeAtNanos());
        }
    }

    void resetTimer() {
        timer.resetAfterClockChange();
    }

    // ---- actions

    private void perform(ElectionAction action) {
        if (action instanceof ElectionAction.Read read) {
            world.network().read(this, read.call(), read.patienceNanos());
        } else if (action instanceof ElectionAction.Create create) {
            world.network().write(this, create.call(), auditor.sent());
        } else if (action instanceof ElectionAction.Update update) {
            world.network().write(this, update.call(), auditor.sent());
        } else if (action instanceof ElectionAction.OpenWatch open) {
            watch = world.network().watch(this, open.watch());
        } else if (action instanceof ElectionAction.CloseWatch && watch != null) {
            watch.close();
        } else if (action instanceof ElectionAction.OfSession wanted) {
            member.perform(wanted);
        } else if (action instanceof ElectionAction.BeginTenure begin) {
            onBegin(begin);
        } else if (action instanceof ElectionAction.ExtendTenure extend) {
            onExtend(extend);
        } else if (action instanceof ElectionAction.RevokeTenure) {
            onRevoke();
        } else if (action instanceof ElectionAction.AnnounceLeader announce) {
            announced = announce.leader();
            lane.announce();
        } else if (action instanceof ElectionAction.Finished) {
            onFinished();
        }
    }

    private void onBegin(ElectionAction.BeginTenure begin) {
        SimTenure begun = new SimTenure(
                begin.tenure(), begin.token(), begin.validUntilNanos(), auditor.root(begin.tenure()), clock);
        tenure = begun;
        ledSince = world.agenda().now();
        world.history().published(this, begun);
        lane.start(begun);
        world.agenda()
                .at(clock.realAt(begin.validUntilNanos(), world.agenda().now()), host, () -> askAtDeadline(begun));
    }

    /** A caller asks just when the deadline passes, or just before. */
    private void askAtDeadline(SimTenure asked) {
        if (asked.askValid(world.agenda().now()) && !asked.workReturned) {
            world.agenda().at(clock.realAt(asked.validUntil(), world.agenda().now()), host, () -> askAtDeadline(asked));
        }
    }

    private void onExtend(ElectionAction.ExtendTenure extend) {
        SimTenure current = tenure;
        if (current != null
                && !current.extend(extend.validUntilNanos(), world.agenda().now())
                && !current.revoked) {
            lapsePosted = true;
            post(new ElectionEvent.TenureLapsed(current.number));
        }
    }

    private void onRevoke() {
        SimTenure current = tenure;
        if (current != null) {
            endStretches();
            current.revoke();
            lane.interrupt(current);
            lane.stop(current);
        }
    }

    private void onFinished() {
        if (machine.state() == ElectionState.IDLE && !closing && !world.isCalm()) {
            startAgainLater();
        }
    }

    /** As the runtime does, not before the callbacks have settled, or the drain timeout has passed over them. */
    private void startAgainLater() {
        long pause = host.realNanos(settings.drainNanos()) + world.dice().below(host.realNanos(settings.leaseNanos()));
        world.agenda().at(world.agenda().now() + pause, host, () -> {
            if (machine.state() == ElectionState.IDLE && !closing) {
                start();
            }
        });
    }

    // ---- what others ask

    /** What {@code isLeader()} would answer now. */
    boolean leads() {
        return !isDead() && tenure != null && tenure.wouldBeValid(world.agenda().now());
    }

    @Nullable
    SimTenure tenure() {
        return tenure;
    }

    SimNetwork.@Nullable Watch watch() {
        return watch;
    }

    ElectionState state() {
        return machine.state();
    }

    Optional<String> announced() {
        return announced;
    }

    /** Whether it campaigns, or leads, and goes on doing so. */
    boolean isHealthyCandidate() {
        boolean takesPart = state() != ElectionState.IDLE && state() != ElectionState.CLOSED;
        return runs() && takesPart && mode == Mode.CONTINUOUS && !closing;
    }

    boolean hasWorkingWatch() {
        return watch != null && watch.works();
    }

    void stretch(char letter, long from) {
        if (world.isTold()) {
            world.transcript().stretch(name, letter, from, world.agenda().now());
        }
    }

    /** Draws what is going on up to now. */
    void endStretches() {
        SimTenure current = tenure;
        if (current != null && !current.revoked && world.isTold()) {
            long until = Math.min(world.agenda().now(), clock.realAt(current.validUntil(), ledSince));
            world.transcript().stretch(name, '=', ledSince, until);
        }
        if (host.isPaused()) {
            stretch('z', host.pausedSince());
        }
        if (!isDead()) {
            stretch('-', bornAt);
        }
    }
}
