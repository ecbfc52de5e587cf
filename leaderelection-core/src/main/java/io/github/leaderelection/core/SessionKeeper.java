package io.github.leaderelection.core;

import com.google.common.util.concurrent.MoreExecutors;
import io.github.leaderelection.core.machine.MachineSettings;
import io.github.leaderelection.core.machine.SessionAction;
import io.github.leaderelection.core.machine.SessionEvent;
import io.github.leaderelection.core.machine.SessionMachine;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one session of a client for all the electors that share it: steps its machine on a loop of its own, makes its calls, and
 * tells those who take part. Its methods may be called from any thread.
 */
final class SessionKeeper {

    /** An elector that takes part. Told on the keeper's loop, and so has to hand on what it is told. */
    interface Member {
        /** There is a session, or a newer proof. */
        void onKept(Proof proof);

        /** The session has ended for good. */
        void onEnded(String session);

        /** The session is kept alive no more, and ends when its lease has passed. */
        void onGivenUp(String session);

        /** No session could be had, or what became of a keep-alive is not known. */
        void onTrouble(Throwable trouble);

        /** That is well again. */
        void onSuccess();
    }

    /** That a session was alive at a time of the time source, and how long the answer took that tells. */
    record Proof(String session, long provenSourceNanos, long latencyNanos) {}

    /** A member's place. All of it belongs to the loop. */
    static final class Seat {
        /** The place of a seat that is not, or no longer, among the others. */
        private static final int NONE = -1;

        private final Member member;
        private int place = NONE;
        private boolean needsProof;
        private boolean waits;
        private long afterSourceNanos;

        private Seat(Member member) {
            this.member = member;
        }
    }

    private final LockSessions sessions;
    private final Duration lease;
    private final Clock clock;
    private final Executor serial;
    private final SessionMachine machine;
    private final LoopTimer timer;
    private final long callNanos;

    // All below belong to the loop.
    /** Each knows its place here, which costs ten thousand of them less than a set would. */
    private final List<Seat> seats = new ArrayList<>();

    private int needing;
    private @Nullable LockSession session;
    /** The latest, of that session. Others may read it, too. */
    private volatile @Nullable Proof proof;

    private @Nullable Future<?> underWay;
    private long awaited;
    private boolean inTrouble;
    private boolean broken;

    SessionKeeper(
            LockSessions sessions, MachineSettings settings, Clock clock, RandomGenerator random, Executor loops) {
        this.sessions = sessions;
        this.clock = clock;
        lease = Duration.ofNanos(settings.leaseNanos());
        callNanos = settings.callNanos();
        serial = MoreExecutors.newSequentialExecutor(loops);
        machine = new SessionMachine(settings, random);
        timer = new LoopTimer(clock, serial, () -> step(new SessionEvent.TimerFired()));
    }

    /** Takes a place. If there is a session, the member is told of it. */
    Seat join(Member member) {
        Seat seat = new Seat(member);
        serial.execute(() -> {
            seat.place = seats.size();
            seats.add(seat);
            if (proof != null) {
                tell(seat, proof);
            }
            step(new SessionEvent.Wanted(true));
        });
        return seat;
    }

    /** Gives the place up. When it was the last one, the session is ended. */
    void leave(Seat seat) {
        serial.execute(() -> {
            needProof(seat, false);
            remove(seat);
            if (seats.isEmpty()) {
                step(new SessionEvent.Wanted(false));
            }
        });
    }

    /** The last one takes its place. */
    private void remove(Seat seat) {
        if (seat.place == Seat.NONE) {
            return;
        }
        Seat last = seats.remove(seats.size() - 1);
        if (last != seat) {
            seats.set(seat.place, last);
            last.place = seat.place;
        }
        seat.place = Seat.NONE;
    }

    /** Has the member told as soon as the session is proven to be alive at a time later than that; at once, if it is. */
    void askProof(Seat seat, long afterNanos) {
        serial.execute(() -> {
            if (seat.place == Seat.NONE) {
                return;
            }
            needProof(seat, true);
            seat.waits = true;
            seat.afterSourceNanos = afterNanos;
            tellIfProven(seat);
            if (seat.waits) {
                step(new SessionEvent.ProofAsked(clock.ofSource(afterNanos)));
            }
        });
    }

    /** Nothing of this member hangs on a proof any more. */
    void needNoProof(Seat seat) {
        serial.execute(() -> needProof(seat, false));
    }

    /** Keeps a session alive no more, because a record may name it and stay held. */
    void giveUp(String given) {
        serial.execute(() -> step(new SessionEvent.GivenUp(given)));
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
        Proof latest = proof;
        // Times of a source may overflow between the two.
        if (seat.waits && latest != null && latest.provenSourceNanos() - seat.afterSourceNanos > 0) {
            tell(seat, latest);
        }
    }

    private static void tell(Seat seat, Proof latest) {
        seat.waits = false;
        seat.member.onKept(latest);
    }

    /** The latest proof that there is, for whoever is at work anyway; null if there is no session. From any thread. */
    @Nullable
    Proof latestProof() {
        return proof;
    }

    private Proof note(String alive, long provenNanos, long tookNanos) {
        Proof latest = new Proof(alive, clock.atSource(provenNanos), tookNanos);
        proof = latest;
        return latest;
    }

    private void step(SessionEvent event) {
        if (broken) {
            return;
        }
        try {
            machine.step(event, clock.nowNanos()).forEach(this::perform);
            timer.set(machine.wakeAtNanos());
        } catch (Throwable bug) { // half of a step was taken: nobody keeps the session alive from here on
            broken = true;
            timer.cancel();
            tellOf(bug);
        }
    }

    private void perform(SessionAction action) {
        if (action instanceof SessionAction.Open open) {
            open(open.call());
        } else if (action instanceof SessionAction.KeepAlive keep) {
            keepAlive(keep);
        } else if (action instanceof SessionAction.Abandon abandon) {
            abandon(abandon.overdue());
        } else if (action instanceof SessionAction.End) {
            end();
        } else if (action instanceof SessionAction.TellOpened opened) {
            Proof first = note(opened.session(), opened.provenNanos(), opened.latencyNanos());
            seats.forEach(seat -> tell(seat, first));
        } else if (action instanceof SessionAction.TellProven proven) {
            if (session != null) {
                note(session.id(), proven.provenNanos(), proven.latencyNanos());
            }
            seats.forEach(this::tellIfProven);
        } else if (action instanceof SessionAction.TellEnded ended) {
            forget();
            seats.forEach(seat -> seat.member.onEnded(ended.session()));
        } else if (action instanceof SessionAction.TellGivenUp given) {
            forget();
            seats.forEach(seat -> seat.member.onGivenUp(given.session()));
        }
    }

    private void open(long call) {
        send(call, () -> sessions.open(lease), opened -> {
            session = opened;
            step(new SessionEvent.Opened(call, opened.id()));
        });
    }

    private void keepAlive(SessionAction.KeepAlive keep) {
        LockSession kept = session;
        if (kept == null) {
            throw new IllegalStateException("a keep-alive of no session");
        }
        send(keep.call(), () -> kept.keepAlive(keep.proof()), answer -> {
            if (answer instanceof KeepAlive.Kept alive) {
                step(new SessionEvent.Kept(keep.call(), alive.earlier().toNanos()));
            } else {
                step(new SessionEvent.Ended(keep.call()));
            }
        });
    }

    private interface Answer<T> {
        void take(T answer);
    }

    private <T> void send(long call, Supplier<CompletionStage<T>> request, Answer<T> answer) {
        awaited = call;
        underWay = null;
        try {
            CompletionStage<T> stage = request.get();
            underWay = stage.toCompletableFuture();
            stage.whenComplete((result, failure) -> serial.execute(() -> answered(call, result, failure, answer)));
        } catch (Throwable thrown) { // a lock that breaks its contract; the call is over all the same
            serial.execute(() -> answered(call, null, thrown, answer));
        }
    }

    private <T> void answered(long call, @Nullable T result, @Nullable Throwable failure, Answer<T> answer) {
        if (awaited != call) {
            if (result instanceof LockSession late) {
                late.end(); // opened when nobody waited any more; if that fails, it ends by itself
            }
            return;
        }
        awaited = 0;
        underWay = null;
        if (failure == null && result != null) {
            tellOfSuccess();
            answer.take(result);
            return;
        }
        Throwable trouble = failure == null ? new IllegalStateException("a lock answered with null") : unwrap(failure);
        tellOf(trouble);
        step(new SessionEvent.Failed(call));
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void abandon(boolean overdue) {
        awaited = 0;
        if (underWay != null) {
            underWay.cancel(false);
            underWay = null;
        }
        if (overdue) {
            Throwable unanswered =
                    new LockUnavailableException("the session of this client was not kept alive: no answer within "
                            + TimeUnit.NANOSECONDS.toMillis(callNanos) + " ms; it is tried again");
            tellOf(unanswered);
        }
    }

    /** As well as can be: it is kept alive no more, and ends by itself if this is not heard. */
    private void end() {
        LockSession ended = session;
        forget();
        if (ended != null) {
            ended.end();
        }
    }

    private void forget() {
        session = null;
        proof = null;
    }

    private void tellOf(Throwable trouble) {
        inTrouble = true;
        seats.forEach(seat -> seat.member.onTrouble(trouble));
    }

    private void tellOfSuccess() {
        if (inTrouble) {
            inTrouble = false;
            seats.forEach(seat -> seat.member.onSuccess());
        }
    }
}
