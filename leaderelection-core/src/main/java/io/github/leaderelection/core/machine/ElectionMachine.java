package io.github.leaderelection.core.machine;

import static io.github.leaderelection.core.machine.InvariantBrokenException.require;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.Successor;
import io.github.leaderelection.core.machine.Attempts.Attempt;
import io.github.leaderelection.core.machine.Attempts.Purpose;
import io.github.leaderelection.core.machine.CallSlot.Call;
import io.github.leaderelection.core.machine.ElectionAction.Trouble;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.Observation.Source;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One candidate's part in an election: events and the time go in, actions come out. Each step first lets what has run out
 * run out, then takes in the event, then does whatever the state it arrived at calls for; nothing depends on an event
 * having come at its time. Not for use by several threads at once. The invariants are listed at the package.
 */
public final class ElectionMachine {

    /** A time that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    private enum Ending {
        NONE,
        CANCEL,
        CLOSE
    }

    private final MachineSettings settings;
    private final RandomGenerator random;
    private final Stamp stamp;
    private final Observation observation;
    private final WatchKeeper watch;
    private final OwnSession session;
    private final Backoff reads;
    private final Backoff writes;
    private final Stagger stagger;
    private final Succession succession;
    private final Attempts attempts = new Attempts();
    private final CallSlot call = new CallSlot();
    private final Doubt doubt = new Doubt();
    private final Announcer announcer = new Announcer();

    private ElectionState state = ElectionState.IDLE;
    private Mode mode = Mode.CONTINUOUS;
    private Ending ending = Ending.NONE;
    private boolean healthy = true;
    private long yieldUntilNanos;
    /** The tenure ends for others to go first. */
    private boolean yieldsAfterTenure;

    private long pollAtNanos;
    /**
     * The version that we wrote, or by which we were handed the record, and that still stands, as far as we know, with whatever
     * successor (I7); implies that it is the observed one.
     */
    private @Nullable LockVersion mine;
    /**
     * When the record that is mine, or may become so by being handed over, is known to have stood, at the latest: when it was
     * written, or when a read was sent that found it.
     */
    private long standsNanos;
    /** When the read was sent that is being taken in; what is past if none is. */
    private long readSentNanos = Long.MIN_VALUE;
    /** A tenure began on the record that is mine, and so it may be left to lapse. */
    private boolean mineLed;
    /** The acquisition that stands, if no tenure began on it for want of a proof that the session which holds it is alive. */
    private @Nullable Attempt won;
    /** The session of another client whose end we are to be told. */
    private @Nullable String followed;

    private boolean everRead;
    private boolean everWrote;
    private boolean everHadSession;
    private boolean orderWentBack;

    private long tenure;
    private long tenureAtStart;
    private boolean tenureOpen;
    private boolean stuckReported;
    private long token = Long.MIN_VALUE;
    private long validUntilNanos;
    private long renewAtNanos;
    /** When the next renewal is due that is no repetition. */
    private long rhythmNanos;
    /** By when the work should be quiet, or the record released. */
    private long endByNanos;

    private List<ElectionAction> actions = List.of(); // but in a step
    private long step;
    private long now = Long.MIN_VALUE;
    private Instant wall = Instant.EPOCH;
    private long wakeAtNanos = NEVER;

    /** A machine that is idle. {@code random} spreads pauses and marks writes. */
    public ElectionMachine(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        stamp = new Stamp(settings, random);
        observation = new Observation(settings);
        watch = new WatchKeeper(settings, random);
        session = new OwnSession(settings);
        reads = new Backoff(settings, random);
        writes = new Backoff(settings, random);
        stagger = new Stagger(settings, random);
        succession = new Succession(settings, random);
    }

    /**
     * Takes in one event.
     *
     * @param nowNanos the monotonic time, never less than at the step before
     * @param wallTime what to write into records as the time; never compared
     * @return what to do, in this order
     * @throws InvariantBrokenException if an invariant does not hold
     */
    public List<ElectionAction> step(ElectionEvent event, long nowNanos, Instant wallTime) {
        require(nowNanos >= now, "time went back from " + now + " to " + nowNanos);
        step++;
        actions = new ArrayList<>(4);
        now = nowNanos;
        wall = wallTime;
        if (state.holdsLease() && now >= validUntilNanos) {
            lose(RevocationReason.EXPIRED); // I1, before anything else is looked at
        }
        on(event);
        expireCall();
        advance();
        settleSessions();
        announceLeader();
        require(state != ElectionState.LEADING || now < validUntilNanos, "I1: leading past the deadline");
        List<ElectionAction> done = actions;
        actions = List.of(); // a machine that waits keeps nothing of its last step
        wall = Instant.EPOCH;
        return done;
    }

    /**
     * When the next {@link ElectionEvent.TimerFired} is due, or anything else that is a step, if nothing happens before; {@link #NEVER} if not
     * at all.
     */
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    /** Where this elector stands. */
    public ElectionState state() {
        return state;
    }

    /** The session of our client, as far as this elector knows; empty if there is none. */
    public Optional<String> session() {
        return session.id();
    }

    /** The leader as last announced; empty if nobody leads. */
    public Optional<String> leader() {
        return announcer.leader();
    }

    /** Until when {@link #leader()} may be believed without further news. */
    public long leaderUntilNanos() {
        return state == ElectionState.LEADING ? validUntilNanos : observation.holderUntilNanos();
    }

    // ---- events

    private void on(ElectionEvent event) {
        if (event instanceof ElectionEvent.StartRequested start) {
            onStart(start.mode());
        } else if (event instanceof ElectionEvent.CancelRequested) {
            onEnding(Ending.CANCEL);
        } else if (event instanceof ElectionEvent.CloseRequested) {
            onEnding(Ending.CLOSE);
        } else if (event instanceof ElectionEvent.StepDownRequested stepDown) {
            onStepDown(stepDown.reason());
        } else if (event instanceof ElectionEvent.WorkEnded work) {
            if (state == ElectionState.LEADING && work.tenure() == tenure) {
                onStepDown(RevocationReason.WORK_ENDED);
            }
        } else if (event instanceof ElectionEvent.TenureLapsed lapsed) {
            if (state.holdsLease() && lapsed.tenure() == tenure) {
                lose(RevocationReason.EXPIRED);
            }
        } else if (event instanceof ElectionEvent.HealthReported health) {
            healthy = health.healthy();
            if (!healthy && state == ElectionState.LEADING) {
                drain(RevocationReason.UNHEALTHY);
            }
        } else if (event instanceof ElectionEvent.WorkQuiet quiet) {
            onWorkQuiet(quiet.tenure());
        } else if (event instanceof ElectionEvent.Watched watched) {
            onWatched(watched);
        } else if (event instanceof ElectionEvent.WatchBroken broken) {
            onWatchBroken(broken);
        } else if (event instanceof ElectionEvent.SessionKept kept) {
            onSessionKept(kept);
        } else if (event instanceof ElectionEvent.SessionEnded ended) {
            loseSession(ended.session());
            observation.ended(ended.session(), now);
            successor().ifPresent(next -> succession.ended(next, ended.session()));
        } else if (event instanceof ElectionEvent.SessionGivenUp given) {
            loseSession(given.session());
        } else if (event instanceof ElectionEvent.SessionDenied) {
            onSessionDenied();
        } else {
            onReply(event); // or TimerFired, which is no more than a step
        }
    }

    private void onStart(Mode startMode) {
        mode = startMode;
        ending = Ending.NONE;
        doubt.arise(step);
        tenureAtStart = tenure;
        yieldUntilNanos = now;
        reads.reset(now);
        writes.reset(now);
        if (mode == Mode.OBSERVE) {
            moveTo(ElectionState.OBSERVING);
        } else {
            session.join(actions);
            moveTo(ElectionState.CAMPAIGNING);
        }
    }

    private void onEnding(Ending requested) {
        if (requested.compareTo(ending) > 0) {
            ending = requested;
        }
        if (state == ElectionState.LEADING) {
            drain(RevocationReason.CLOSED);
        } else if (state == ElectionState.IDLE && ending == Ending.CLOSE) {
            end();
        }
    }

    private void onStepDown(RevocationReason reason) {
        yieldUntilNanos = now + settings.yieldNanos();
        if (state == ElectionState.LEADING) {
            yieldsAfterTenure = true;
            drain(reason);
        }
    }

    private void onWorkQuiet(long quietTenure) {
        if (quietTenure != tenure) {
            return;
        }
        tenureOpen = false;
        boolean forOthers = yieldsAfterTenure || endsNow();
        boolean toWrite = mayRelease() || isBound();
        if (state == ElectionState.DRAINING && toWrite) {
            startRelease(); // I4: revoked, quiet, and only now released
        } else if (state == ElectionState.LOST && forOthers && toWrite && mine != null) {
            startRelease(); // lost by the deadline, or quiet so late, but the record still stands as we wrote it
        } else if (state == ElectionState.DRAINING || state == ElectionState.LOST) {
            finishTenure();
        }
    }

    /** Whether what a tenure leaves is released; else it is left to lapse. */
    private boolean mayRelease() {
        return ending == Ending.NONE || settings.releaseOnCancel();
    }

    private void onWatched(ElectionEvent.Watched watched) {
        if (!watch.isCurrent(watched.watch())) {
            return;
        }
        watch.heard(watched.seen(), now);
        // I5: a version that was known does not come back, so that writes upon it are void now. But absence does:
        // several creations may be open, and an outsider who deletes what one of them made lets another one in.
        boolean mayComeBack = observation.isAbsent();
        if (learn(watched.seen(), Source.WATCH, step) && !mayComeBack) {
            doubt.settle();
        }
        watch.share(observation.version());
    }

    private void onWatchBroken(ElectionEvent.WatchBroken broken) {
        if (watch.isCurrent(broken.watch())) {
            watch.broke(now);
            pollAtNanos = Math.min(pollAtNanos, now + Backoff.jittered(settings.retryNanos() / 8, random));
        }
    }

    private void onSessionDenied() {
        if (!everHadSession) {
            failForGood();
        }
    }

    private void onSessionKept(ElectionEvent.SessionKept kept) {
        everHadSession = true;
        session.kept(kept.session(), kept.provenNanos());
        LeaderElectionRecord record = observation.record();
        if (state.holdsLease() && isBound() && record != null) {
            extendBySession(record, kept.latencyNanos());
        }
    }

    private void extendBySession(LeaderElectionRecord record, long latencyNanos) {
        validUntilNanos = Math.max(validUntilNanos, validBySession(record));
        actions.add(new ElectionAction.ExtendTenure(tenure, validUntilNanos, latencyNanos));
    }

    private void loseSession(String over) {
        boolean held = isBound();
        if (session.ended(over)) {
            succession.forget();
            attempts.forgetLate();
            if (held && state.holdsLease()) {
                lose(RevocationReason.EXPIRED);
            }
        }
    }

    private void onReply(ElectionEvent event) {
        if (event instanceof ElectionEvent.ReadAnswered read) {
            Call answered = call.take(read.call());
            if (answered != null) {
                onRead(answered, read.seen());
            }
        } else if (event instanceof ElectionEvent.ReadFailed read && call.take(read.call()) != null) {
            onReadFailed(read.denied());
        } else if (event instanceof ElectionEvent.WriteApplied write) {
            Attempt attempt = call.takeWrite(write.call());
            if (attempt != null) {
                onApplied(attempt, write.version());
            }
        } else if (event instanceof ElectionEvent.WriteConflicted write) {
            Attempt attempt = call.takeWrite(write.call());
            if (attempt != null) {
                everWrote = true;
                attempts.answered(attempt);
                if (attempt.purpose() == Purpose.ACQUIRE) {
                    stagger.lost();
                } else if (attempt.purpose() == Purpose.ENTER) {
                    succession.outrun();
                }
                observation.outrun(step);
                onUncertain(attempt);
            }
        } else if (event instanceof ElectionEvent.WriteRefused write) {
            Attempt attempt = call.takeWrite(write.call());
            if (attempt != null) {
                onRefused(attempt, write.denied());
            }
        } else if (event instanceof ElectionEvent.WriteUnknown write) {
            Attempt attempt = call.takeWrite(write.call());
            if (attempt != null) {
                onUncertain(attempt);
            }
        }
    }

    private void expireCall() {
        Call overdue = call.takeOverdue(now, actions);
        if (overdue == null) {
            return;
        }
        if (overdue.attempt() == null) {
            onReadFailed(false);
        } else {
            onUncertain(overdue.attempt());
        }
    }

    private void onRead(Call answered, Seen seen) {
        everRead = true;
        reads.reset(now);
        pollAtNanos = now + Backoff.jittered(settings.retryNanos(), random);
        readSentNanos = answered.sentNanos();
        boolean news = learn(seen, Source.READ, answered.sentStep());
        readSentNanos = Long.MIN_VALUE;
        doubt.settle(answered.sentStep(), observation);
        LeaderElectionRecord record = observation.record();
        if ((mine != null || succession.isEntered()) && record != null && observation.isSame(seen)) {
            standsNanos = Math.max(standsNanos, answered.sentNanos());
            if (state.holdsLease() && isBound()) {
                extendBySession(record, now - answered.sentNanos());
            }
        }
        if (news) {
            watch.expectShown(seen, now);
        }
    }

    private void onReadFailed(boolean denied) {
        reads.failed(now);
        pollAtNanos = now + Backoff.jittered(settings.retryNanos(), random);
        if (denied && !everRead) {
            failForGood();
        }
    }

    private void onApplied(Attempt attempt, LockVersion version) {
        everWrote = true;
        attempts.answered(attempt);
        // Of an attempt that is no longer open we know already: the watch was quicker, with it or with what came after
        // it.
        if (attempts.find(attempt.record()) != null) {
            learn(new Seen.Present(new LockSnapshot(attempt.record(), version)), Source.OWN_WRITE, step);
        }
    }

    private void onRefused(Attempt attempt, boolean denied) {
        attempts.remove(attempt);
        if (!succession.isEntered() && !attempts.hold(Purpose.ENTER)) {
            succession.forget(); // nothing will enter us any more
        }
        writes.failed(now);
        renewAtNanos = now;
        if (denied && !everWrote) {
            failForGood();
        }
    }

    /** Conflict, or no answer: either way a read tells what stands there, and it may be what we wrote. */
    private void onUncertain(Attempt attempt) {
        if (attempts.find(attempt.record()) == null) {
            return; // settled meanwhile by what the watch showed: ours, or void because somebody else's
        }
        if (attempt.purpose() == Purpose.RENEW) {
            actions.add(new ElectionAction.SlowPathTaken());
        }
        doubt.arise(step);
        // A candidate that lost a race is about to be shown by its watch who won; a leader has no time to wait.
        boolean soonShown = watch.isHealthy() && state == ElectionState.CAMPAIGNING;
        reads.holdUntil(soonShown ? now + settings.retryNanos() / 16 : now);
        writes.failed(now);
        renewAtNanos = now; // as soon as that pause is over
    }

    private void failForGood() {
        actions.add(new ElectionAction.Report(Trouble.DENIED_FOR_GOOD));
        ending = Ending.CLOSE;
    }

    // ---- knowledge

    /** Takes in what stands there, and says whether it is news. */
    private boolean learn(Seen seen, Source source, long sentStep) {
        LeaderElectionRecord known = observation.record();
        LeaderElectionRecord before = mine == null ? null : known;
        boolean wasBound = isBound();
        Attempt own = openAttempt(seen);
        Source judged = own != null && !mayBeGone(own, source, sentStep) ? Source.OWN_WRITE : source;
        Observation.Change change = observation.learn(seen, judged, mine != null, sentStep, step, now);
        if (change == Observation.Change.DOUBTFUL) {
            doubt.arise(seen, step);
            if (own == null) {
                observation.glimpsed(seen, step);
            }
        }
        if (change != Observation.Change.NEWS) {
            return false;
        }
        if (observation.orderWentBack()) {
            orderWentBack = true;
            actions.add(new ElectionAction.Report(Trouble.ORDER_WENT_BACK));
        }
        LeaderElectionRecord record = observation.record();
        Attempt ours = record == null ? null : attempts.find(record);
        if (ours != null) {
            attempts.remove(ours); // found, and so not to come any more
        }
        attempts.clear(); // the version they were meant for is gone
        stagger.draw(record != null && record.hasHolder());
        writes.reset(now);
        boolean handedOver = record != null && succession.isHandedOver(record);
        succession.learned(record, now);
        Attempt acquired = won;
        mine = null;
        won = null;
        if (ours != null) {
            adopt(ours);
            return true;
        }
        if (record != null && Succession.isSameTenure(record, before)) {
            mine = observation.version(); // our own record, in which nothing was changed, or the successor alone
            won = acquired;
            return true;
        }
        if (record != null && handedOver) {
            takeOver(record);
            return true;
        }
        boolean stale = record != null && (attempts.isLate(record) || succession.isOurs(record));
        if (stale && session.is(observation.session())) {
            giveUpSession(); // somebody else may lead yet; and for whom should it be held?
        }
        if (wasBound && record != null && session.id().isPresent()) {
            session.suspect(now); // who wrote that believes that it has ended
            attempts.displaced(Objects.requireNonNull(before), orderWentBack);
        }
        if (state.holdsLease()) {
            if (observation.isAbsent()) {
                observation.absenceIsFree(now);
                lose(RevocationReason.DELETED);
            } else {
                lose(record == null ? RevocationReason.MALFORMED : RevocationReason.SUPERSEDED);
            }
        }
        if (record != null && record.hasHolder() && !Succession.isSameTenure(record, known)) {
            yieldUntilNanos = now; // somebody else went first,
            yieldsAfterTenure = false; // and perhaps before we heard that our release was written
        }
        return true;
    }

    private @Nullable Attempt openAttempt(Seen seen) {
        Attempt found = seen instanceof Seen.Present present
                ? attempts.find(present.snapshot().record())
                : null;
        return found != null && (found.isMarked() || observation.isLater(seen)) ? found : null;
    }

    /**
     * What we wrote follows whatever it was written upon, and so is news. But a creation whose answer never came may have been
     * deleted before we were told that nothing stands there: then only a read that was sent later is proof that it does.
     */
    private boolean mayBeGone(Attempt own, Source source, long sentStep) {
        boolean proof = source == Source.OWN_WRITE || (source == Source.READ && !observation.mayPrecede(sentStep));
        return observation.isAbsent() && !call.carries(own) && !proof;
    }

    /** The record stands as we wrote it. */
    private void adopt(Attempt attempt) {
        mine = observation.version();
        // What a dismissal writes may have been written before that, by a successor that withdrew.
        standsNanos = Math.max(attempt.isMarked() ? attempt.sentNanos() : standsNanos, readSentNanos);
        mineLed &= attempt.purpose() != Purpose.ACQUIRE;
        everWrote = true;
        switch (attempt.purpose()) {
            case RENEW -> {
                if (state.holdsLease()) {
                    renewAtNanos = Math.min(rhythmNanos, attempt.sentNanos() + settings.retryNanos());
                    validUntilNanos = Math.max(validUntilNanos, validUntil(attempt));
                    actions.add(new ElectionAction.ExtendTenure(tenure, validUntilNanos, now - attempt.sentNanos()));
                }
            }
            case ACQUIRE -> {
                if (state == ElectionState.CAMPAIGNING && isDeclining()) {
                    startRelease();
                } else if (state == ElectionState.CAMPAIGNING && now < validUntil(attempt)) {
                    beginTenure(attempt, validUntil(attempt));
                } else if (isBound()) {
                    won = attempt;
                }
                // else: too late to lead on it, but ours to write upon
            }
            case LAPSE, DISMISS -> {}
            case RELEASE -> {
                mine = null;
                if (attempt.record().hasHolder()) {
                    yieldsAfterTenure = false; // somebody else goes first
                }
            }
            case ENTER, WITHDRAW -> mine = null;
        }
    }

    /** The leader has made us the holder. It did so after we had entered ourselves, and the record stood then. */
    private void takeOver(LeaderElectionRecord record) {
        mine = observation.version();
        standsNanos = Math.max(Math.max(standsNanos, succession.sinceNanos()), readSentNanos);
        everWrote = true; // our entry
        mineLed = false;
        won = new Attempt(Purpose.ACQUIRE, record, false, now);
    }

    /** I1: from the sending of the write, or of the last keep-alive that was proven. */
    private long validUntil(Attempt attempt) {
        return attempt.record().session().isPresent()
                ? validBySession(attempt.record())
                : attempt.sentNanos() + settings.renewNanos();
    }

    /** The session was alive then, and the record stood then: an outsider may have deleted it, and a watch be silent. */
    private long validBySession(LeaderElectionRecord record) {
        return Math.min(session.validUntilNanos(record), standsNanos + settings.unseenNanos());
    }

    /** Whether the record is ours, and held by our client's session: for as long as that is alive, nobody else can take it. */
    private boolean isBound() {
        return mine != null && session.is(observation.session());
    }

    private boolean isDeclining() {
        return ending != Ending.NONE || !healthy || tenureOpen || now < yieldUntilNanos;
    }

    // ---- tenure

    private void beginTenure(Attempt attempt, long validUntil) {
        long order = Objects.requireNonNull(mine).order();
        require(!tenureOpen, "I8: a tenure begins before the last one is quiet");
        require(order > token || orderWentBack, "I2: token " + order + " after " + token);
        won = null;
        token = order;
        tenure++;
        tenureOpen = true;
        mineLed = true;
        stuckReported = false;
        yieldsAfterTenure = false;
        validUntilNanos = validUntil;
        rhythmNanos = attempt.sentNanos() + settings.firstRenewalNanos();
        renewAtNanos = rhythmNanos;
        stagger.won();
        moveTo(ElectionState.LEADING);
        actions.add(new ElectionAction.BeginTenure(tenure, token, validUntilNanos));
    }

    private void drain(RevocationReason reason) {
        endByNanos = now + settings.drainNanos();
        dropRead();
        actions.add(new ElectionAction.RevokeTenure(tenure, reason));
        moveTo(ElectionState.DRAINING);
    }

    private void lose(RevocationReason reason) {
        if (state == ElectionState.LEADING) {
            endByNanos = now + settings.drainNanos();
            actions.add(new ElectionAction.RevokeTenure(tenure, reason));
        }
        if (reason == RevocationReason.EXPIRED) {
            doubt.arise(
                    step); // what is known is a renew deadline old, and no ground to write upon before somebody answers
        }
        moveTo(ElectionState.LOST);
    }

    private void startRelease() {
        endByNanos = now + 2 * settings.callNanos();
        writes.reset(now);
        if (!call.isWriting()) {
            dropCall(); // it may hang for as long as there is time
        }
        moveTo(ElectionState.RELEASING);
    }

    private void finishTenure() {
        if (yieldsAfterTenure) {
            yieldUntilNanos = now + settings.yieldNanos(); // the others could not go first until now
        }
        yieldsAfterTenure = false;
        if (endsNow()) {
            end();
        } else {
            moveTo(ElectionState.CAMPAIGNING);
        }
    }

    /** Whether no campaign follows the tenure. */
    private boolean endsNow() {
        return ending != Ending.NONE || (mode == Mode.ONE_TENURE && tenure > tenureAtStart);
    }

    /** What was written for it is nobody's concern any more: others see it end. */
    private void giveUpSession() {
        session.giveUp(actions);
        succession.forget();
        attempts.forgetLate();
    }

    private void end() {
        dropCall();
        watch.close(actions);
        won = null;
        // by a write that may be applied yet, or may be read by a leader
        boolean mayBeHeld = isBound() || attempts.mayBeHeldYet() || succession.isStanding();
        boolean unquiet = tenureOpen && mine == null; // on a record that was deleted, and that others wait for
        if (mayBeHeld || unquiet) {
            giveUpSession();
        }
        succession.forget();
        session.leave(actions);
        attempts.forgetLate();
        moveTo(ending == Ending.CLOSE ? ElectionState.CLOSED : ElectionState.IDLE);
        actions.add(new ElectionAction.Finished());
    }

    /** The one door between states. */
    private void moveTo(ElectionState next) {
        require(state.mayBecome(next), "illegal move from " + state + " to " + next);
        state = next;
    }

    // ---- what each state calls for

    private void advance() {
        ElectionState before;
        do {
            before = state;
            wakeAtNanos = NEVER;
            boolean mayWait = state.holdsLease() || (succession.isEntered() && !isDeclining());
            if (call.isPatient() && (!mayWait || doubt.stands())) {
                dropCall(); // there is something more urgent to send
            }
            switch (state) {
                case OBSERVING -> observe();
                case CAMPAIGNING -> campaign();
                case LEADING, DRAINING -> keepLease();
                case LOST -> awaitQuiet();
                case RELEASING -> release();
                case IDLE, CLOSED -> {}
            }
        } while (state != before);
    }

    private void observe() {
        if (ending == Ending.NONE) {
            follow();
        } else {
            end();
        }
    }

    private void campaign() {
        if (ending != Ending.NONE) {
            abandonCampaign();
            return;
        }
        if (isBound() && isDeclining()) {
            startRelease(); // nobody else can take what our session holds
            return;
        }
        if (!isBound()) {
            won = null; // its session has ended
        }
        if (won != null && !doubt.stands()) {
            leadOnceProven(won);
            return;
        }
        long takeAt = Math.max(raceAtNanos(), Math.max(writes.notBeforeNanos(), yieldUntilNanos));
        boolean suspect = session.isSuspect();
        if (suspect) {
            session.askProof(actions);
        }
        boolean maySign = !settings.sessions() || (session.id().isPresent() && !suspect);
        if (maySign && !doubt.stands() && !isWriting() && healthy && !tenureOpen) {
            if (now >= takeAt) {
                dropCall(); // a read that can tell nothing better than the write will
                acquire();
            } else {
                wakeAt(takeAt);
            }
        }
        standBy();
        follow();
    }

    /**
     * Lets the leader hand over to this candidate, if to no other: then its release is our acquisition. The session that would
     * hold the record is kept proven meanwhile, so that a tenure can begin on it at once.
     */
    private void standBy() {
        LeaderElectionRecord record = observation.record();
        boolean leaves = succession.isStanding() && isDeclining();
        if (leaves) {
            dropRead();
        }
        boolean mayWrite = call.isFree() && !doubt.stands();
        if (leaves) {
            if (mayWrite) {
                writeAt(writes.notBeforeNanos(), this::withdraw);
            }
        } else if (succession.isEntered()) {
            wakeAt(session.keepProven(now, actions));
        } else if (record != null && mayWrite && mayEnter(record)) {
            long notBefore = Math.max(writes.notBeforeNanos(), yieldUntilNanos);
            writeAt(Math.max(succession.enterAtNanos(), notBefore), () -> enter(record));
        }
    }

    private boolean mayEnter(LeaderElectionRecord record) {
        boolean held = succession.isVacant(record) && mine == null && !observation.hasEnded(observation.session());
        boolean ready = healthy && !tenureOpen && session.id().isPresent() && !session.isSuspect();
        return held && ready && watch.isHealthy();
    }

    private void enter(LeaderElectionRecord record) {
        Successor self = succession.stand(session.id().orElseThrow(), now);
        write(Purpose.ENTER, record.withSuccessor(Optional.of(self)));
    }

    private void withdraw() {
        removeSuccessor(Purpose.WITHDRAW);
    }

    private void removeSuccessor(Purpose purpose) {
        write(purpose, Objects.requireNonNull(observation.record()).withSuccessor(Optional.empty()));
    }

    private void acquire() {
        LeaderElectionRecord record = stamp.acquire(Optional.ofNullable(observation.record()), session.id(), wall);
        write(Purpose.ACQUIRE, record);
        if (settings.sessions() && session.validUntilNanos(record) - settings.renewNanos() / 2 <= now) {
            session.askProof(actions); // while the write is on its way
        }
    }

    /** The record is ours; a tenure begins on it when the session that holds it is known to be alive. */
    private void leadOnceProven(Attempt acquired) {
        if (now < validUntil(acquired)) {
            beginTenure(acquired, validUntil(acquired));
            return;
        }
        if (now >= session.validUntilNanos(acquired.record())) {
            session.askProof(actions);
        } else if (call.isFree()) {
            readAt(reads.notBeforeNanos()); // it is too long ago that the record was seen to stand
        }
        follow();
    }

    /** When this candidate may take part in the race for the record; there is none for a record that is its own. */
    private long raceAtNanos() {
        long freeAt = observation.freeAtNanos(mine);
        return mine != null || freeAt == NEVER ? freeAt : freeAt + pauseNanos();
    }

    /** The successor goes first, also when the leader has died before it could hand over. */
    private long pauseNanos() {
        if (succession.isEntered()) {
            return 0;
        }
        boolean another = successor().filter(next -> !hasEnded(next)).isPresent();
        return another ? Math.max(stagger.pauseNanos(), succession.pauseNanos()) : stagger.pauseNanos();
    }

    /**
     * Leaves no record behind that would keep the others waiting: an acquisition in doubt is settled, and undone. Other
     * writes whose fate is unknown are of a tenure that is over, and change nothing for the others: nobody waits for them.
     */
    private void abandonCampaign() {
        boolean standing = succession.isStanding();
        boolean unsettled = attempts.hold(Purpose.ACQUIRE) || standing;
        if (unsettled && call.isWriting()) {
            wakeAt(call.deadlineNanos());
        } else if ((unsettled && doubt.stands()) || standing || isBound()) {
            startRelease();
            if (standing) {
                endByNanos = Math.max(endByNanos, now + settings.drainNanos()); // nobody waits for the record
            }
        } else {
            end();
        }
    }

    private void keepLease() {
        if (state == ElectionState.DRAINING) {
            if (now >= endByNanos) {
                moveTo(ElectionState.LOST);
                return;
            }
            wakeAt(endByNanos);
        }
        wakeAt(validUntilNanos);
        boolean bound = isBound();
        if (bound || settings.leaderWatches()) {
            wakeAt(watch.keep(now, actions));
        } else {
            watch.close(actions); // the next renewal tells what it would
        }
        if (bound) {
            keepSession();
        }
        if (!call.isFree()) {
            wakeAt(call.deadlineNanos());
        } else if (doubt.stands()) {
            readAt(reads.notBeforeNanos());
        } else if (bound) {
            lookOrDismiss();
        } else {
            long due = Math.max(renewAtNanos, writes.notBeforeNanos());
            if (now < due) {
                wakeAt(due);
                return;
            }
            actions.add(new ElectionAction.RenewalSent(now - due));
            keepRhythm();
            renewAtNanos = rhythmNanos;
            write(Purpose.RENEW, stamp.renew(Objects.requireNonNull(observation.record()), wall));
        }
    }

    /**
     * Lets the renewal after this one come in the rhythm of those before, or somewhere in it when that is lost: those of many
     * elections that a stall has brought together would else stay so.
     */
    private void keepRhythm() {
        long lateNanos = now - rhythmNanos;
        long half = settings.retryNanos() / 2;
        if (lateNanos >= half) {
            rhythmNanos = now + half + (long) (random.nextDouble() * half);
        } else if (lateNanos >= 0) {
            rhythmNanos += settings.retryNanos();
        }
    }

    /** Who is entered as the successor in the record that is known. */
    private Optional<Successor> successor() {
        return Optional.ofNullable(observation.record()).flatMap(LeaderElectionRecord::successor);
    }

    private boolean hasEnded(@Nullable String others) {
        return observation.hasEnded(others) || succession.hasEnded(others);
    }

    private boolean hasEnded(Successor next) {
        return hasEnded(next.session()) || session.hasEnded(next.session());
    }

    /** Whether it can hold the record: not by a session that has ended, or that we are about to give up. */
    private boolean mayHold(Successor next) {
        boolean doomed = session.is(next.session()) && endsNow() && attempts.mayBeHeldYet();
        return !doomed && !hasEnded(next);
    }

    private boolean hasLostSuccessor() {
        return successor().filter(this::hasEnded).isPresent();
    }

    /** A leader by session writes nothing, but that its successor is gone; and looks whether its record stands. */
    private void lookOrDismiss() {
        long lookAt = standsNanos + settings.unseenNanos() - settings.renewNanos();
        boolean watched = watch.isHealthy();
        long dueAt = Math.max(watched ? lookAt : Math.min(pollAtNanos, lookAt), reads.notBeforeNanos());
        if (now < dueAt && hasLostSuccessor()) {
            wakeAt(dueAt);
            writeAt(writes.notBeforeNanos(), () -> removeSuccessor(Purpose.DISMISS));
        } else {
            boolean urgent = !watched || reads.isFailing();
            readAt(dueAt, urgent ? 0 : settings.patienceNanos());
        }
    }

    private void keepSession() {
        long askAt = validUntilNanos - settings.askNanos();
        if (now < askAt) {
            wakeAt(askAt);
        } else if (session.validUntilNanos(Objects.requireNonNull(observation.record())) <= validUntilNanos) {
            session.askProof(actions);
        }
    }

    private void awaitQuiet() {
        follow();
        if (now < endByNanos) {
            wakeAt(endByNanos);
            return;
        }
        if (!stuckReported) {
            stuckReported = true;
            actions.add(new ElectionAction.Report(Trouble.WORK_NOT_QUIET));
        }
        if (isBound()) {
            startRelease(); // to lapse: our session may live for long
            return;
        }
        if (ending != Ending.NONE || mode == Mode.ONE_TENURE) {
            end();
        }
    }

    private void release() {
        boolean overdue = now >= endByNanos;
        if (overdue) {
            dropCall();
            actions.add(new ElectionAction.Report(Trouble.NOT_RELEASED));
            giveUpSession(); // the record may name it, and would stay held while other elections keep it alive
        }
        boolean settled = call.isFree() && !doubt.stands();
        boolean toRelease = mine != null && !tenureOpen && (mayRelease() || !mineLed);
        boolean toWithdraw = !toRelease && succession.isStanding();
        boolean toLapse = !toRelease && isBound();
        if (overdue || (settled && !toRelease && !toWithdraw && !toLapse)) {
            finishTenure();
            return;
        }
        wakeAt(endByNanos);
        if (!call.isFree()) {
            wakeAt(call.deadlineNanos());
        } else if (doubt.stands()) {
            readAt(reads.notBeforeNanos());
        } else if (now < writes.notBeforeNanos()) {
            wakeAt(writes.notBeforeNanos());
        } else {
            LeaderElectionRecord record = Objects.requireNonNull(observation.record());
            if (toRelease) {
                Optional<Successor> next = successor().filter(this::mayHold);
                write(
                        Purpose.RELEASE,
                        next.isPresent() ? stamp.handOver(record, next.get(), wall) : stamp.release(record, wall));
            } else if (toWithdraw) {
                withdraw();
            } else {
                write(Purpose.LAPSE, stamp.renew(record, wall));
            }
        }
    }

    /** Keeps knowing the record: by the watch, and by reading where there is none, or where it has been silent for long. */
    private void follow() {
        wakeAt(watch.keep(now, actions));
        if (!call.isFree()) {
            wakeAt(call.deadlineNanos());
        } else if (doubt.stands()) {
            readAt(reads.notBeforeNanos());
        } else if (watch.isHealthy()) {
            boolean entered = succession.isEntered(); // nobody else leads before we see that it is our turn
            long lookAt = entered ? standsNanos + settings.renewNanos() : observation.silentAtNanos();
            boolean urgent = !entered || reads.isFailing();
            readAt(Math.max(lookAt, reads.notBeforeNanos()), urgent ? 0 : settings.patienceNanos());
        } else {
            readAt(Math.max(pollAtNanos, reads.notBeforeNanos()));
        }
    }

    private void readAt(long atNanos) {
        readAt(atNanos, 0);
    }

    private void readAt(long atNanos, long patienceNanos) {
        if (now < atNanos) {
            wakeAt(atNanos);
            return;
        }
        boolean hurries = state.holdsLease() || state == ElectionState.RELEASING;
        long deadline = callDeadline(patienceNanos + (hurries ? 1 : 2) * settings.callNanos());
        long patience = Math.min(patienceNanos, (deadline - now) / 2);
        actions.add(new ElectionAction.Read(call.beginRead(step, now, deadline, patience > 0), patience));
        wakeAt(call.deadlineNanos());
    }

    /** No call outlasts the time that is left to a leader. */
    private long callDeadline(long nanos) {
        return state.holdsLease() ? Math.min(now + nanos, validUntilNanos) : now + nanos;
    }

    /** Gives up the call under way, if any, because it is no longer wanted. What a write has done is not known then (I5). */
    private void dropCall() {
        if (isWriting()) {
            doubt.arise(step);
        }
        call.drop(actions);
    }

    /** Gives up a read that can tell nothing better than the next write will. */
    private void dropRead() {
        if (!call.isWriting() && !doubt.stands()) {
            dropCall();
        }
    }

    /** Whether a write is under way that is not void, because of something that was written since. */
    private boolean isWriting() {
        return call.isWriting() && attempts.isOpen(call);
    }

    private void write(Purpose purpose, LeaderElectionRecord record) {
        LockVersion expected = observation.version();
        Attempt attempt = new Attempt(purpose, record, expected == null, now);
        attempts.add(attempt);
        long number = call.beginWrite(step, now, callDeadline(settings.callNanos()), attempt);
        actions.add(
                expected == null
                        ? new ElectionAction.Create(number, record)
                        : new ElectionAction.Update(number, record, expected));
        wakeAt(call.deadlineNanos());
    }

    private void writeAt(long atNanos, Runnable write) {
        if (now < atNanos) {
            wakeAt(atNanos);
        } else {
            write.run();
        }
    }

    private void wakeAt(long atNanos) {
        wakeAtNanos = Math.min(wakeAtNanos, atNanos);
    }

    /** Has proofs brought, and others' ends told, for as long as that is of use. */
    private void settleSessions() {
        boolean unproven = won != null || session.isSuspect() || (succession.isEntered() && session.isAwaited());
        boolean waits = state == ElectionState.CAMPAIGNING && unproven;
        boolean hangsOnProof = state.holdsLease() || waits || attempts.hold(Purpose.ACQUIRE);
        if (!hangsOnProof) {
            session.needNoProof(actions);
        }
        boolean takesPart = state != ElectionState.IDLE && state != ElectionState.CLOSED;
        String held = takesPart ? observation.session() : null;
        boolean bound = isBound();
        String other = bound ? successor().map(Successor::session).orElse(null) : held;
        boolean ended = bound ? hasEnded(other) : observation.hasEnded(other);
        follow(ended || session.is(other) ? null : other);
    }

    private void follow(@Nullable String other) {
        if (Objects.equals(followed, other)) {
            return;
        }
        if (followed != null) {
            actions.add(new ElectionAction.UnfollowSession(followed));
        }
        if (other != null) {
            actions.add(new ElectionAction.FollowSession(other));
        }
        followed = other;
    }

    private void announceLeader() {
        if (!observation.isKnown() || state == ElectionState.IDLE || state == ElectionState.CLOSED) {
            return;
        }
        LeaderElectionRecord leading = visibleLeader();
        if (leading != null) {
            wakeAt(leaderUntilNanos());
        }
        announcer.tell(leading, actions);
    }

    /** The record of whoever leads, as long as its lease can be believed; our own only while our tenure stands. */
    private @Nullable LeaderElectionRecord visibleLeader() {
        LeaderElectionRecord record = observation.record();
        boolean ours = mine != null;
        boolean believed = record != null && record.hasHolder() && now < observation.holderUntilNanos();
        return believed && (!ours || state == ElectionState.LEADING) ? record : null;
    }
}
