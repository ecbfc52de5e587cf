package io.github.leaderelection.core.sim;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionMachine;
import io.github.leaderelection.core.machine.ElectionState;
import io.github.leaderelection.spi.LockVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one machine, after each step, to I1 to I8 as far as they show in what it is told and what it wants done:
 * <ul>
 *   <li><b>I1</b> a tenure begins, and is extended, to exactly the sending of a write of its own that was applied, as this machine
 *       has been shown, plus the renew deadline; or, where a session holds its record, the sending of a keep-alive that the store
 *       has honoured; it stands only before that, and while its session is not known to have ended; and the machine wakes up by then;
 *   <li><b>I2</b> the token is the order of the write that began the tenure, or of an outsider's repetition of it;
 *   <li><b>I3</b> no call is sent while another one is neither answered nor given up;
 *   <li><b>I4</b> whoever stops leading is revoked in that step; a released record is written only while no work is unquiet;
 *       while the lease is held, the next call is never further off than a retry period;
 *       it is not held for longer than the drain timeout after the revocation;
 *   <li><b>I5</b> after a write of unknown fate, or a conflict, nothing is written before a read that was sent afterwards has been
 *       answered, or the watch has shown that write or what came after it; nor after a watch has shown what only a read can
 *       put into its place: a record that is missing, or is none, or is there again;
 *   <li><b>I6</b> a rival's record is written over only after that version was shown the declared lease ago, or more; or, where it
 *       names a session, after this machine was told that it has ended; and a record
 *       is created only after it was shown missing, and so long ago as the lease that stood before (see ADR 3);
 *   <li><b>I7</b> renewals and releases are written upon a version of this machine's own making, or in which others have entered or
 *       withdrawn themselves as the successor, and nothing else; a candidate enters, and withdraws, nobody but itself, and a leader
 *       dismisses a successor whose session has ended; what is handed over is handed to the successor, as it entered itself;
 *   <li><b>I8</b> tenures are numbered on, begin when the last one is quiet, and are revoked once; work is started once and then
 *       stopped once.
 * </ul>
 * I5, and I6 of a missing record, say nothing once the store has lost its data, for then a version may be older than one with a
 * lower order; nor does the rest of I6, if that store gives one number to two versions.
 */
final class Auditor {

    private final Simulation world;
    private final SimProcess process;
    private final ElectionMachine machine;

    private static final int ATTEMPTS_MOST = 32;

    /** For so many renew deadlines a leader by session leads on without having seen its record, and for so many leases it is waited for. */
    private static final int UNSEEN = 5;

    private final Deque<SimWrite> attempts = new ArrayDeque<>();
    private final Set<Successor> entries = new HashSet<>();
    /** Those of its writes that may enter it yet, unless something else was written since. */
    private final Set<SimWrite> entering = new HashSet<>();

    private long openCall;
    private @Nullable SimWrite openWrite;
    private long callEndedAt;
    private @Nullable SimWrite doubted;
    private @Nullable SimWrite settledWhileOpen;
    private @Nullable SimWrite sent;
    private long openWatch;

    private final Knowledge knowledge;
    private final KnownSessions sessions;
    private long step;
    private long callStep;
    private long callSentAt;

    private long tenure;
    private @Nullable SimWrite root;
    private long validUntil;
    private boolean open;
    private boolean revoked = true;
    private boolean led;
    private boolean sick;
    private boolean closed;
    private long begunAt;
    private long revokedAt;
    private long started;
    private long stopped;

    Auditor(Simulation world, SimProcess process, ElectionMachine machine) {
        this.world = world;
        this.process = process;
        this.machine = machine;
        knowledge = new Knowledge(process);
        sessions = new KnownSessions();
    }

    private void check(boolean holds, String check, String what) {
        if (!holds && world.isAudited()) {
            throw new SimViolation(check, what);
        }
    }

    private void checkSame(long is, long mustBe, String check, String what) {
        if (is != mustBe) {
            check(false, check, what + " " + is + ", which should be " + mustBe);
        }
    }

    // ---- what the machine is told

    void before(SimDelivery delivery, long now) {
        ElectionEvent event = delivery.event();
        step++;
        led = machine.state() == ElectionState.LEADING;
        if (event instanceof ElectionEvent.Watched watched) {
            if (watched.watch() == openWatch && delivery.state() != null) {
                settleByWatch(delivery.state());
                knowledge.watched(delivery.state(), openWrite, step, now);
            }
        } else if (event instanceof ElectionEvent.SessionKept kept) {
            checkProof(kept);
            sessions.kept(kept.session(), kept.provenNanos());
        } else if (event instanceof ElectionEvent.SessionEnded ended) {
            sessions.ended(ended.session());
        } else if (event instanceof ElectionEvent.SessionGivenUp given) {
            sessions.givenUp(given.session());
        } else if (event instanceof ElectionEvent.WatchBroken broken) {
            openWatch = broken.watch() == openWatch ? 0 : openWatch;
        } else if (event instanceof ElectionEvent.WorkQuiet quiet) {
            open &= quiet.tenure() != tenure;
        } else if (event instanceof ElectionEvent.HealthReported health) {
            sick = !health.healthy();
        } else if (event instanceof ElectionEvent.CloseRequested) {
            closed = true;
        } else if (openCall != 0 && openCall == callOf(event)) {
            answered(delivery, now);
        }
    }

    private static long callOf(ElectionEvent event) {
        if (event instanceof ElectionEvent.ReadAnswered read) {
            return read.call();
        } else if (event instanceof ElectionEvent.ReadFailed read) {
            return read.call();
        } else if (event instanceof ElectionEvent.WriteApplied write) {
            return write.call();
        } else if (event instanceof ElectionEvent.WriteConflicted write) {
            return write.call();
        } else if (event instanceof ElectionEvent.WriteRefused write) {
            return write.call();
        } else {
            return event instanceof ElectionEvent.WriteUnknown write ? write.call() : -1;
        }
    }

    private void answered(SimDelivery delivery, long now) {
        ElectionEvent event = delivery.event();
        if (event instanceof ElectionEvent.ReadAnswered && delivery.state() != null) {
            knowledge.read(delivery.state(), callStep, step, now);
            SimWrite standing = delivery.state().write();
            if (standing != null && standing.isBy(process) && standing == knowledge.ownOrLast()) {
                standing.original.stoodLocal = Math.max(standing.original.stoodLocal, callSentAt);
            }
            SimWrite entry = standing == null ? null : standing.entry;
            if (entry != null && entry.writer == process && standing == knowledge.lastAccepted()) {
                entry.stoodLocal = Math.max(entry.stoodLocal, callSentAt);
            }
            doubted = null;
        } else if (event instanceof ElectionEvent.WriteApplied && delivery.write() != null) {
            knowledge.written(delivery.write(), step, now);
        } else if (event instanceof ElectionEvent.WriteConflicted || event instanceof ElectionEvent.WriteUnknown) {
            doubted = delivery.write() == settledWhileOpen ? null : delivery.write();
            if (event instanceof ElectionEvent.WriteConflicted && openWrite != null && openWrite.root == openWrite) {
                knowledge.outrun(openWrite, step);
            }
            entering.remove(event instanceof ElectionEvent.WriteConflicted ? delivery.write() : null);
        } else if (event instanceof ElectionEvent.WriteRefused && delivery.write() != null) {
            attempts.remove(delivery.write());
            entering.remove(delivery.write());
        }
        closeCall(now);
    }

    private void closeCall(long now) {
        openCall = 0;
        openWrite = null;
        callEndedAt = now;
    }

    private void settleByWatch(SimStore.State state) {
        SimWrite in = doubted != null ? doubted : openWrite;
        SimWrite write = state.write();
        if (in == null || write == null) {
            return;
        }
        boolean itself = knowledge.isOpenAttempt(write) && knowledge.isClear(state, openWrite);
        boolean later = in.expected != null && write.serial > in.expected.write.serial;
        if (itself || later) {
            doubted = null;
            settledWhileOpen = openWrite;
        }
    }

    // ---- what the machine wants done

    void after(List<ElectionAction> actions, long now) {
        sent = null;
        for (int i = 0; i < actions.size(); i++) {
            take(actions.get(i), now);
        }
        ElectionState state = machine.state();
        boolean leads = state == ElectionState.LEADING;
        check(!leads || (now < validUntil && open && !revoked), "I1", "leads past its deadline, or without a tenure");
        String held = root == null ? null : root.record.session().orElse(null);
        check(
                !leads || held == null || sessions.isOurs(held),
                "I1",
                "leads on though it was told that its session is over");
        check(leads || revoked, "I4", "leads no longer, and revokes nothing");
        check(!led || leads || revoked, "I4", "a stop was skipped");
        long wakeAt = machine.wakeAtNanos();
        check(wakeAt > now || wakeAt == ElectionMachine.NEVER, "wake", "wants to be woken in the past");
        checkStanding(state, now, wakeAt);
        if (state == ElectionState.DRAINING) {
            check(now < revokedAt + process.settings.drainNanos(), "I4", "renews for longer than the drain timeout");
        }
        if (state.holdsLease()) {
            check(wakeAt <= validUntil, "I1", "would sleep past its deadline");
            long nextBy = Math.max(callEndedAt, begunAt) + process.settings.retryNanos();
            check(
                    held != null || openCall != 0 || wakeAt <= nextBy,
                    "I4",
                    "holds the lease and would not renew it in time");
            long askBy = validUntil - process.settings.renewNanos() / 4;
            boolean asked = sessions.isAsked() || sessions.provenNanos() + process.settings.renewNanos() > validUntil;
            check(held == null || asked || wakeAt <= askBy, "I4", "holds the lease and asks for no proof");
        }
    }

    /** Whoever is entered keeps a proof at hand, and whoever should not be is not for long. */
    private void checkStanding(ElectionState state, long now, long wakeAt) {
        SimWrite known = knowledge.lastAccepted();
        Successor next = known == null ? null : known.record.successor().orElse(null);
        boolean idle = openCall == 0 && doubted == null && !knowledge.hasUnclear();
        if (known == null || next == null || !idle || world.history().hasLostData()) {
            return;
        }
        boolean writesSoon = wakeAt <= now + process.settings.retryNanos();
        if (known.isBy(process) && state == ElectionState.LEADING) {
            boolean over = sessions.isLastEnded(next.session())
                    && sessions.isOurs(known.record.session().orElseThrow());
            check(!over || writesSoon, "dismissed", "keeps a successor whose session has ended");
        } else if (entries.contains(next) && state == ElectionState.CAMPAIGNING && sessions.isOurs(next.session())) {
            check(!sick || writesSoon, "withdrawn", "stays entered though it is sick");
            long askBy = sessions.provenNanos() + process.settings.renewNanos() / 2;
            check(writesSoon || sessions.isAsked() || wakeAt <= askBy, "proof", "is entered and asks for no proof");
        }
    }

    /** Whether this machine may come to hold the record without doing anything more. */
    private boolean mayBeHandedOver() {
        SimWrite known = knowledge.lastAccepted();
        boolean entered = known != null && isEnteredBy(known);
        for (SimWrite entry : entering) {
            entered |= entry.expected != null && entry.expected.write == known && isEnteredBy(entry);
        }
        return entered;
    }

    private boolean isEnteredBy(SimWrite write) {
        return write.record
                .successor()
                .filter(next -> entries.contains(next) && sessions.isOurs(next.session()))
                .isPresent();
    }

    private void take(ElectionAction action, long now) {
        if (action instanceof ElectionAction.Read read) {
            check(openCall == 0, "I3", "a read while another call is under way");
            openCall = read.call();
            callStep = step;
            callSentAt = now;
        } else if (action instanceof ElectionAction.Create create) {
            write(create.call(), create.record(), null, now);
        } else if (action instanceof ElectionAction.Update update) {
            write(update.call(), update.record(), update.expected(), now);
        } else if (action instanceof ElectionAction.Abandon abandon) {
            check(openCall == abandon.call(), "I3", "gives up a call that is not under way");
            if (openWrite != null && openWrite != settledWhileOpen) {
                doubted = openWrite;
            }
            closeCall(now);
        } else if (action instanceof ElectionAction.OpenWatch watch) {
            openWatch = watch.watch();
        } else if (action instanceof ElectionAction.CloseWatch) {
            openWatch = 0;
        } else if (action instanceof ElectionAction.OfSession wanted) {
            check(
                    !(wanted instanceof ElectionAction.LeaveSession)
                            || !mayBeHandedOver()
                            || world.history().hasLostData(),
                    "withdrawn",
                    "leaves, and may be handed over to");
            sessions.take(wanted);
        } else if (action instanceof ElectionAction.BeginTenure begin) {
            begin(begin, now);
        } else if (action instanceof ElectionAction.ExtendTenure extend) {
            extend(extend, now);
        } else if (action instanceof ElectionAction.RevokeTenure revoke) {
            check(revoke.tenure() == tenure && !revoked, "I8", "revokes another tenure, or twice");
            revoked = true;
            revokedAt = now;
        }
    }

    private void write(long call, LeaderElectionRecord record, @Nullable LockVersion upon, long now) {
        check(openCall == 0, "I3", "a write while another call is under way");
        check(process.mode != ElectionEvent.Mode.OBSERVE, "observer", "an observer writes");
        SimStore.Version expected = (SimStore.Version) upon;
        boolean releasing = machine.state() == ElectionState.RELEASING;
        SimWrite.Kind kind = kindOf(record, expected == null ? null : expected.write);
        boolean acquires = kind == SimWrite.Kind.ACQUIRES;
        SimWrite write = new SimWrite(process, record, expected, countsFrom(record, expected, now), kind);
        attempts.addLast(write);
        if (attempts.size() > ATTEMPTS_MOST) {
            attempts.removeFirst();
        }
        openCall = call;
        openWrite = write;
        sent = write;
        if (world.versionsMeanSomething()) {
            check(
                    (doubted == null && !knowledge.hasUnclear())
                            || world.history().hasLostData(),
                    "I5",
                    "writes while the fate of an earlier write is unknown");
            if (acquires) {
                check(!sick && !closed, "unwanted", "campaigns though it is sick or closed");
                checkMayTake(expected, now);
            }
        }
        boolean lapses = record.session().isEmpty()
                && expected != null
                && expected.write.record.session().isPresent();
        check(
                !releasing || !record.hasHolder() || lapses || kind != SimWrite.Kind.GOES_ON,
                "I4",
                "a release that names a holder");
        if (!record.hasHolder() || kind == SimWrite.Kind.HANDS_OVER) {
            check(!open, "I4", "releases before the work is quiet");
        }
        boolean own = expected != null && expected.write.isBy(process);
        if (expected != null && kind == SimWrite.Kind.NAMES_SUCCESSOR) {
            if (record.successor().isPresent()) {
                entering.add(write);
            }
            checkSuccession(record, expected.write.record, own);
        } else if (!acquires) {
            check(own, "I7", "renews or releases what is not its own");
        }
    }

    private SimWrite.Kind kindOf(LeaderElectionRecord record, @Nullable SimWrite before) {
        LeaderElectionRecord known = before == null ? null : before.record;
        Successor next = known == null ? null : known.successor().orElse(null);
        if (known != null && withoutSuccessor(record).equals(withoutSuccessor(known))) {
            return SimWrite.Kind.NAMES_SUCCESSOR;
        } else if (next != null && record.claim().equals(Optional.of(next.claim()))) {
            checkHandover(record, next);
            return SimWrite.Kind.HANDS_OVER;
        }
        boolean releasing = machine.state() == ElectionState.RELEASING;
        boolean acquires = !machine.state().holdsLease() && !releasing && record.hasHolder();
        return acquires ? SimWrite.Kind.ACQUIRES : SimWrite.Kind.GOES_ON;
    }

    private static LeaderElectionRecord withoutSuccessor(LeaderElectionRecord record) {
        return record.withSuccessor(Optional.empty());
    }

    private void checkHandover(LeaderElectionRecord record, Successor next) {
        check(machine.state() == ElectionState.RELEASING, "I4", "hands over though it does not release");
        boolean asEntered = record.holderIdentity().equals(next.holderIdentity())
                && record.leaseDuration().equals(next.leaseDuration())
                && record.session().equals(Optional.of(next.session()))
                && record.successor().isEmpty();
        check(asEntered, "I7", "hands over to somebody other than the successor");
        check(!sessions.isLastEnded(next.session()), "dismissed", "hands over to a session that has ended");
    }

    private void checkSuccession(LeaderElectionRecord record, LeaderElectionRecord before, boolean own) {
        Optional<Successor> last = before.successor();
        Optional<Successor> next = record.successor();
        boolean lastIsSelf = last.isEmpty() || entries.contains(last.get());
        if (next.isPresent()) {
            check(!sick && !closed && !open, "unwanted", "stands by though it is sick or closed, or still at work");
            boolean self = next.get().holderIdentity().equals(process.settings.identity())
                    && sessions.isOurs(next.get().session());
            check(
                    self && (last.isEmpty() || last.equals(next)),
                    "I7",
                    "enters another one, or in the place of another one");
            entries.add(next.get());
        } else if (!lastIsSelf) {
            boolean over = sessions.isOver(last.get().session());
            check(own && over, "I7", "removes a successor whose session is not known to have ended");
        }
    }

    /** Two tries of one millisecond may be one and the same to whoever sees what was written: then the earlier sending counts. */
    private long countsFrom(LeaderElectionRecord record, SimStore.@Nullable Version expected, long now) {
        for (SimWrite earlier : attempts) {
            if (earlier.record.equals(record) && Objects.equals(earlier.expected, expected)) {
                return earlier.sentLocal;
            }
        }
        return now;
    }

    private void checkMayTake(SimStore.@Nullable Version expected, long now) {
        if (expected != null) {
            SimWrite rival = expected.write;
            boolean free = !rival.record.hasHolder() || rival.isBy(process);
            String held = rival.record.session().orElse(null);
            if (held != null && !free) {
                check(sessions.hasEnded(held), "I6", "takes over though the session is not known to have ended");
                return;
            }
            long since = knowledge.shownAt(rival);
            check(since != Knowledge.NEVER, "I6", "writes upon a version that it was never shown");
            long lease = rival.record.leaseDuration().toNanos();
            check(free || now - since >= lease, "I6", "takes over before the lease is over");
            return;
        }
        if (world.history().hasLostData()) {
            return;
        }
        long missingSince = knowledge.missingSince();
        check(missingSince != Knowledge.NEVER, "I6", "creates a record that it was not shown missing");
        long winnerMissing = knowledge.winnerMissingSince();
        check(
                winnerMissing == Knowledge.NEVER || now - winnerMissing >= process.settings.leaseNanos(),
                "I6",
                "creates at once though somebody won a race whose record is missing");
        SimStore.State stood = knowledge.before();
        SimWrite before = stood == null ? null : stood.write();
        if (stood == null || (before != null && (!before.record.hasHolder() || before.isBy(process)))) {
            return;
        }
        boolean bySession = before == null
                ? process.settings.sessions()
                : before.record.session().isPresent();
        long own = process.settings.leaseNanos();
        long declared = before == null ? own : before.record.leaseDuration().toNanos();
        boolean ended =
                before != null && sessions.hasEnded(before.record.session().orElse(null));
        long lease = (bySession ? UNSEEN : 1) * (ended ? Math.min(own, declared) : declared);
        check(now - missingSince >= lease, "I6", "creates before the lease of the missing record is over");
    }

    // ---- tenures

    private SimWrite evidence() {
        SimWrite shown = knowledge.ownOrLast();
        check(shown != null && shown.isBy(process), "I7", "leads on what is not shown to be its own");
        if (shown == null) {
            throw new SimViolation("I7", "leads though nothing was ever shown to it");
        }
        return shown;
    }

    /** What is known to stand; where a store that lost its data has given its version before, what was shown last. */
    private SimWrite acquisition() {
        SimWrite known = evidence();
        SimWrite last = knowledge.lastShown();
        boolean begun = known.original != known.original.root || known.original.began;
        return begun && last != null && last.isBy(process) ? last : known;
    }

    private void begin(ElectionAction.BeginTenure begin, long now) {
        SimWrite shown = acquisition();
        SimWrite write = shown.original;
        long order = Objects.requireNonNull(shown.version).order();
        check(!open, "I8", "a tenure begins before the last one is quiet");
        check(!sick && !closed, "unwanted", "leads though it is sick or closed");
        checkSame(begin.tenure(), tenure + 1, "I8", "tenure");
        check(write == write.root && !write.began, "I2", "a tenure begins with a write that is not its acquisition");
        checkSame(begin.token(), order, "I2", "token");
        long deadline = deadline(write);
        checkSame(begin.validUntilNanos(), deadline, "I1", "valid until");
        write.began = true;
        root = write;
        tenure = begin.tenure();
        validUntil = deadline;
        open = true;
        revoked = false;
        begunAt = now;
    }

    /** What a session holds counts from what is proven of that, and from when it was seen to stand. */
    private long deadline(SimWrite write) {
        long renew = process.settings.renewNanos();
        String held = write.record.session().orElse(null);
        check(held == null || sessions.isOurs(held), "I1", "leads by a session that is not its own");
        return held == null
                ? write.sentLocal + renew
                : Math.min(sessions.provenNanos() + renew, write.stoodLocal() + UNSEEN * renew);
    }

    /** What it is told of its session is no later than what the store has honoured. */
    private void checkProof(ElectionEvent.SessionKept kept) {
        SimSession session = world.sessions().find(kept.session());
        check(
                session != null && kept.provenNanos() <= session.honouredLocal,
                "proof",
                "is told of a proof that never was");
    }

    private void extend(ElectionAction.ExtendTenure extend, long now) {
        check(open && now < validUntil, "I1", "extends a tenure that is over");
        SimWrite begun = Objects.requireNonNull(root);
        SimWrite write = begun.record.session().isPresent() ? begun : evidence().original;
        check(extend.tenure() == tenure && write.root == root, "I7", "extends a tenure by another one's write");
        long deadline = Math.max(validUntil, deadline(write));
        checkSame(extend.validUntilNanos(), deadline, "I1", "valid until");
        validUntil = deadline;
    }

    void started(SimTenure begun) {
        check(begun.number > started && started == stopped, "I8", "work starts before the last was stopped");
        started = begun.number;
    }

    void stopped(SimTenure ending) {
        check(ending.number == started && stopped < started, "I8", "a stop without a start, or a second one");
        stopped = started;
    }

    boolean isPaired() {
        return started == stopped;
    }

    /** All that was to be done is done: a tenure that callers saw ended has ended for the machine as well. */
    void idle(@Nullable SimTenure published, boolean lapsePosted) {
        if (published != null && published.hasEnded() && !published.revoked && !lapsePosted) {
            boolean leads = machine.state() == ElectionState.LEADING && published.number == tenure;
            long now = process.clock.local(world.agenda().now());
            check(!leads || now >= validUntil, "lapsed", "leads on though callers were told that it does not");
        }
    }

    /** Until when this machine holds its lease, if it has not released it. */
    long holdsUntil() {
        return validUntil;
    }

    /** The write that is being sent in this step. */
    SimWrite sent() {
        return Objects.requireNonNull(sent);
    }

    /** The acquisition of the tenure that is begun in this step. */
    SimWrite root(long ofTenure) {
        check(ofTenure == tenure, "I8", "a tenure that did not begin");
        return Objects.requireNonNull(root);
    }
}
