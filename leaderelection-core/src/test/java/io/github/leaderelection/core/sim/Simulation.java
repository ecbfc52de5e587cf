package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One election, from one seed: a time of trouble of so many leases, and then a time in which all is well.
 *
 * <p><b>Modelled</b>: the store and the network ({@link SimStore}, {@link SimNetwork}), processes with their threads and clocks
 * ({@link SimProcess}, {@link SimClock}), callbacks and callers ({@link SimLane}, {@link SimTenure}), users and outsiders
 * ({@link Nemesis}). Clock rates of any two processes differ by less than leaseDuration / renewDeadline, or, in runs of their own,
 * by more.
 *
 * <p><b>Not modelled</b>: memory that threads see late, and races inside a method of the runtime; metrics, reports and {@code
 * check}; answers of {@code getLeader()} between announcements, but for the last; a health predicate that hangs; locks that break
 * their contract; outsiders that write what is a record, but for the one that stands there; in simulations in which outsiders
 * remove the record, candidates whose settings differ.
 */
final class Simulation {

    private static final long MOST_STEPS_AT_ONCE = 5_000;

    /** Some hundred times as many as a simulation takes on average. */
    private static final long MOST_STEPS = 2_000_000;

    private final long seed;
    private final long horizon;
    private final Agenda agenda = new Agenda();
    private final Dice dice;
    private final Weather weather;
    private final SimStore store;
    private final SimNetwork network;
    private final SimSessions sessions;
    private final SimSessionLink sessionLink;
    private final History history;
    private final Nemesis nemesis;
    private final boolean audited;
    private final @Nullable Transcript transcript;
    private final List<SimProcess> processes = new ArrayList<>();
    private final List<SimProcess> alive = new ArrayList<>();
    private final long[] faults = new long[Fault.values().length];
    private int launched;
    private int hosts;
    private long steps;
    private long stepsBefore;
    private long stepsBeforeAt;

    /**
     * A simulation of so many leases, give or take a half, that tells what happens if there is a transcript. Unless it is {@code
     * audited} only the whole history is judged, and no single step.
     */
    Simulation(long seed, double leases, Weather.Rates rates, boolean audited, @Nullable Transcript transcript) {
        this.audited = audited;
        this.seed = seed;
        this.transcript = transcript;
        dice = new Dice(seed);
        weather = new Weather(dice, rates);
        horizon = (long) (weather.common().leaseNanos() * leases * dice.between(0.5, 1.5));
        store = new SimStore(weather.incarnations);
        network = new SimNetwork(this, agenda, dice, weather, store);
        sessions = new SimSessions(this);
        sessionLink = new SimSessionLink(this, network);
        history = new History(this, rates);
        nemesis = new Nemesis(this);
    }

    /** Plays it all; throws a {@link SimViolation} if something happens that must not. */
    void play() {
        for (int i = 0; i < weather.candidates; i++) {
            launch(null);
        }
        for (int i = 0; i < weather.observers; i++) {
            launch("observer" + i, Mode.OBSERVE, freshHost());
        }
        nemesis.begin();
        agenda.runUntil(horizon);
        new Epilogue(this, nemesis).play();
    }

    SimClock freshClock() {
        long wallOffset = dice.chance(0.2) ? 0 : (long) dice.between(-1e12, 1e12);
        return new SimClock(weather.drawRate(dice), agenda.now(), dice.below(1L << 50), wallOffset);
    }

    /** Starts one more candidate, in the place of another or anew, and gives it. */
    SimProcess launch(@Nullable SimProcess before) {
        String identity = "p" + (launched + 1);
        if (before != null) {
            identity = before.settings.identity();
        } else if (!processes.isEmpty() && dice.chance(weather.sharedIdentity)) {
            identity = processes.get(dice.below(processes.size())).settings.identity();
        }
        Mode mode = dice.chance(weather.oneTenure) ? Mode.ONE_TENURE : Mode.CONTINUOUS;
        return launch(identity, mode, hostFor(before));
    }

    /** The process that it ran in, if that still runs; else that of another elector, or one of its own. */
    private SimHost hostFor(@Nullable SimProcess before) {
        if (before != null && !before.isDead()) {
            return before.host;
        }
        List<SimProcess> running = alive();
        return !running.isEmpty() && dice.chance(weather.siblings)
                ? running.get(dice.below(running.size())).host
                : freshHost();
    }

    SimHost freshHost() {
        return new SimHost(this, "h" + ++hosts, freshClock(), weather.oneClient);
    }

    SimProcess launch(String identity, Mode mode, SimHost host) {
        SimProcess process = new SimProcess(
                this, ++launched, weather.settings(dice, identity), host, mode, dice.chance(weather.tiedToWork));
        processes.add(process);
        host.add(process);
        if (isTold()) {
            say(
                    process,
                    "launched in " + host.name + " as " + process.settings + " " + mode + " rate=" + host.clock.rate());
        }
        process.start();
        return process;
    }

    /** Those that are neither dead nor closed. */
    List<SimProcess> alive() {
        alive.clear();
        for (SimProcess process : processes) {
            if (!process.isDead() && !process.closing) {
                alive.add(process);
            }
        }
        return alive;
    }

    void countStep() {
        steps++;
        if (agenda.now() != stepsBeforeAt) {
            stepsBeforeAt = agenda.now();
            stepsBefore = steps;
        } else if (steps - stepsBefore > MOST_STEPS_AT_ONCE) {
            throw new SimViolation("spin", "steps without end at one instant");
        }
        if (steps > MOST_STEPS) {
            throw new SimViolation("spin", "steps without end");
        }
    }

    void count(Fault fault) {
        faults[fault.ordinal()]++;
    }

    boolean isCalm() {
        return network.isCalm();
    }

    /** Whether one version stands for one write; not so once a store that counts anew has lost its data. */
    boolean versionsMeanSomething() {
        return weather.meddling != Weather.Meddling.DATA_LOSS || weather.incarnations;
    }

    boolean isAudited() {
        return audited;
    }

    boolean isTold() {
        return transcript != null;
    }

    void say(SimProcess who, String what) {
        transcript().line(agenda.now(), who.name, what);
    }

    void say(SimHost who, String what) {
        transcript().line(agenda.now(), who.name, what);
    }

    Transcript transcript() {
        return java.util.Objects.requireNonNull(transcript);
    }

    long seed() {
        return seed;
    }

    long steps() {
        return steps;
    }

    long[] faults() {
        return faults;
    }

    Agenda agenda() {
        return agenda;
    }

    Dice dice() {
        return dice;
    }

    Weather weather() {
        return weather;
    }

    SimStore store() {
        return store;
    }

    SimNetwork network() {
        return network;
    }

    SimSessions sessions() {
        return sessions;
    }

    SimSessionLink sessionLink() {
        return sessionLink;
    }

    History history() {
        return history;
    }

    List<SimProcess> processes() {
        return processes;
    }
}
