package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.core.machine.SessionAction;
import io.github.leaderelection.core.machine.SessionEvent;
import io.github.leaderelection.core.machine.SessionMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one session for the electors of a process that share it. Stands for {@code core.SessionKeeper}: what it has to do is done
 * one thing after the other on a loop of its own, and between any two the thread may stall, or the whole process. The machine is
 * told also what comes too late, and has to know it as that.
 */
final class SimKeeper {

    /** An elector's place. */
    static final class Seat {
        private final SimMember.Place member;
        private boolean needsProof;
        private boolean waits;
        private long afterNanos;

        private Seat(SimMember.Place member) {
            this.member = member;
        }
    }

    final SimHost host;
    final MachineSettings settings;
    private final Simulation world;
    private final SessionMachine machine;
    private final SimTimer timer;
    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final List<Runnable> next = new ArrayList<>();
    private boolean pumping;
    private boolean stalled;
    private boolean hasStalled;

    int users;
    private final Set<Seat> seats = new LinkedHashSet<>();
    private int needing;
    private @Nullable SimSession session;
    private ElectionEvent.@Nullable SessionKept proof;
    private long awaited;

    SimKeeper(Simulation world, SimHost host, MachineSettings settings) {
        this.world = world;
        this.host = host;
        this.settings = settings;
        machine = new SessionMachine(settings, new SplittableRandom(world.dice().nextLong()));
        timer = new SimTimer(
                world, host, settings.retryNanos(), () -> execute(() -> step(new SessionEvent.TimerFired())));
    }

    // ---- the loop

    private void execute(Runnable task) {
        if (!host.isDead()) {
            loop.addLast(task);
            pump();
        }
    }

    /** What belongs to the task that is being done, and comes before all others. */
    private void then(Runnable part) {
        next.add(part);
    }

    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (host.runs() && !stalled && !loop.isEmpty()) {
            if (!hasStalled && !world.isCalm() && world.dice().chance(world.weather().stall)) {
                hasStalled = true;
                stall();
                continue;
            }
            hasStalled = false;
            loop.removeFirst().run();
            for (int i = next.size() - 1; i >= 0; i--) {
                loop.addFirst(next.get(i));
            }
            next.clear();
        }
        pumping = false;
    }

    private void stall() {
        world.count(Fault.STALL);
        stalled = true;
        long most = world.dice().chance(0.5) ? world.weather().stallMost : host.realNanos(settings.retryNanos());
        long nanos = 1 + world.dice().below(most);
        if (world.dice().chance(0.3)) {
            host.pause(nanos);
        }
        world.agenda().at(world.agenda().now() + nanos, host, this::wakeUpAtLast);
    }

    void wakeUpAtLast() {
        stalled = false;
        pump();
    }

    void resetTimer() {
        timer.resetAfterClockChange();
    }

    // ---- what electors want

    Seat join(SimMember.Place member) {
        Seat seat = new Seat(member);
        execute(() -> {
            seats.add(seat);
            if (proof != null) {
                tell(seat, proof);
            }
            step(new SessionEvent.Wanted(true));
        });
        return seat;
    }

    void leave(Seat seat) {
        execute(() -> {
            needProof(seat, false);
            then(() -> {
                seats.remove(seat);
                if (seats.isEmpty()) {
                    step(new SessionEvent.Wanted(false));
                }
            });
        });
    }

    void askProof(Seat seat, long afterNanos) {
        execute(() -> {
            if (!seats.contains(seat)) {
                return;
            }
            needProof(seat, true);
            then(() -> {
                seat.waits = true;
                seat.afterNanos = afterNanos;
                tellIfProven(seat);
                if (seat.waits) {
                    step(new SessionEvent.ProofAsked(afterNanos));
                }
            });
        });
    }

    void needNoProof(Seat seat) {
        execute(() -> needProof(seat, false));
    }

    void giveUp(String given) {
        execute(() -> step(new SessionEvent.GivenUp(given)));
    }

    private void needProof(Seat seat, boolean needs) {
        if (seat.needsProof == needs) {
            return;
        }
        seat.needsProof = needs;
        seat.waits = false;
        needing += needs ? 1 : -1;
        if (needing == (needs ? 1 : 0)) {
            step(new SessionEvent.ProofNeeded(needs));
        }
    }

    private void tellIfProven(Seat seat) {
        if (seat.waits && proof != null && proof.provenNanos() > seat.afterNanos) {
            tell(seat, proof);
        }
    }

    private static void tell(Seat seat, ElectionEvent.SessionKept latest) {
        seat.waits = false;
        seat.member.onKept(latest);
    }

    /** The latest, for whoever is at work anyway. */
    ElectionEvent.@Nullable SessionKept latestProof() {
        return proof;
    }

    // ---- the machine

    private void step(SessionEvent event) {
        world.countStep();
        if (world.isTold()) {
            world.say(host, "session < " + event);
        }
        List<SessionAction> actions;
        try {
            actions = machine.step(event, host.clock.local(world.agenda().now()));
        } catch (RuntimeException broken) { // its own check, or a plain bug
            throw new SimViolation("session", broken.toString());
        }
        for (SessionAction action : actions) {
            then(() -> perform(action));
        }
        then(() -> timer.rearm(machine.wakeAtNanos()));
    }

    private void perform(SessionAction action) {
        if (world.isTold()) {
            world.say(host, "session > " + action);
        }
        if (action instanceof SessionAction.Open open) {
            awaited = open.call();
            world.sessionLink().open(this, open.call());
        } else if (action instanceof SessionAction.KeepAlive keep) {
            if (session == null) {
                throw new SimViolation("session", "a keep-alive of no session");
            }
            awaited = keep.call();
            world.sessionLink().keepAlive(this, session, keep.call(), keep.proof());
        } else if (action instanceof SessionAction.Abandon) {
            awaited = 0;
        } else if (action instanceof SessionAction.End) {
            end(session);
            session = null;
            proof = null;
        } else if (action instanceof SessionAction.TellOpened opened) {
            ElectionEvent.SessionKept first =
                    new ElectionEvent.SessionKept(opened.session(), opened.provenNanos(), opened.latencyNanos());
            proof = first;
            seats.forEach(seat -> tell(seat, first));
        } else if (action instanceof SessionAction.TellProven proven) {
            if (session != null) {
                proof = new ElectionEvent.SessionKept(session.id, proven.provenNanos(), proven.latencyNanos());
            }
            seats.forEach(this::tellIfProven);
        } else if (action instanceof SessionAction.TellEnded ended) {
            session = null;
            proof = null;
            seats.forEach(seat -> seat.member.onEnded(ended.session()));
        } else if (action instanceof SessionAction.TellGivenUp given) {
            session = null;
            proof = null;
            seats.forEach(seat -> seat.member.onGivenUp(given.session()));
        }
    }

    private void end(@Nullable SimSession ended) {
        if (ended != null) {
            world.sessionLink().end(this, ended);
        }
    }

    // ---- what comes of calls

    void opened(long call, SimSession opened) {
        execute(() -> {
            if (awaited == call) {
                awaited = 0;
                session = opened;
            } else {
                end(opened); // when nobody waited any more
            }
            step(new SessionEvent.Opened(call, opened.id));
        });
    }

    void answered(long call, SessionEvent answer) {
        execute(() -> {
            awaited = awaited == call ? 0 : awaited;
            step(answer);
        });
    }

    void failed(long call, boolean denied) {
        execute(() -> {
            if (awaited == call && denied) {
                seats.forEach(seat -> seat.member.onDenied());
            }
            awaited = awaited == call ? 0 : awaited;
            step(new SessionEvent.Failed(call));
        });
    }
}
