package io.github.leaderelection.core.sim;

import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.core.machine.ElectionState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * After the trouble: all that is broken works again, hanging callbacks return, paused processes go on. Calls that were under way
 * arrive within one latency or never, what a watch was about to show is shown. A watch that fell silent stays so until its keeper replaces it, and what a machine waits
 * for that was lost is lost. Where clocks are beyond the bound, only the first and the last of these are judged. Times are real; no clock runs slower than real time here. Let L be the longest lease, D the renew
 * deadline, R the retry period, and r a round trip.
 * <ul>
 *   <li><b>liveness</b>: where a fresh candidate joins, somebody leads <b>L + 3.3 R + 10 r</b> later: the record may change once
 *       more while it starts (r); it sees that by its watch, or by the next poll, at most 2.2 R later; waits for L, and R where it often came second; and writes (r).
 *       Where there are only those that went through the trouble, <b>1.5 L + D / 2 + 6.7 R + 10 r</b>: an outstanding read may have
 *       to be given up (D / 2, two call timeouts), its repetition waits (R), a silent watch is noticed after the larger of L / 2
 *       and 1.2 R. Where sessions may hold records, <b>4 L</b> more: for so long a silent watch may go unnoticed. And so for a fresh
 *       candidate where outsiders delete records, or data is lost, because a leader may not have looked for its own for so long.
 *   <li><b>stability</b>: whoever leads then leads on for two more leases, and all that watch are told its name; where sessions may
 *       hold the record, a watch that fell silent is not noticed for so long;
 *   <li><b>patience</b>: when it steps down, and its work takes three quarters of the drain timeout to stop, nobody leads meanwhile;
 *   <li><b>fairness</b>: and then another one that watches leads within 12 r, and R where a candidate that often came second holds back;
 *       unless settings differ, or some clock runs twice as fast as another: who stepped down holds back for little more than 2 R;
 *   <li><b>handoff</b>: when it closes and releases, another one that watches leads within 12 r + R, else within the longer of those bounds;
 *   <li><b>closing</b>: all close within their drain timeout and three calls, with each start paired with a stop.
 * </ul>
 */
final class Epilogue {

    private final Simulation world;
    private final Nemesis nemesis;
    private final long lease;
    private final long renew;
    private final long retry;
    private final long roundTrip;

    Epilogue(Simulation world, Nemesis nemesis) {
        this.world = world;
        this.nemesis = nemesis;
        double factor = world.weather().largestFactor();
        lease = (long) (world.weather().common().leaseNanos() * factor);
        renew = (long) (world.weather().common().renewNanos() * factor);
        retry = (long) (world.weather().common().retryNanos() * factor);
        roundTrip = 2 * world.network().calmLatency() + 2;
    }

    void play() {
        if (world.isTold()) {
            world.transcript().line(now(), "", "-- all is well");
        }
        boolean fresh = heal();
        boolean deletions = world.weather().meddling != Weather.Meddling.NONE;
        long bound = fresh ? lease + 33 * retry / 10 + 10 * roundTrip : longBound();
        bound += fresh && deletions ? unseen() : 0;
        pass(bound);
        SimProcess leader = leader();
        check(
                leader != null || mayLackSessions(),
                "liveness",
                "nobody leads " + Transcript.seconds(bound) + " after all is well" + states());
        if (leader != null && !world.history().isBeyondTheBound()) {
            stayStable(leader);
            pass(deletions ? unseen() : 0); // whoever knew of a record that was removed waits for its leader
            stepDown(leader);
        }
        leader = leader();
        if (leader != null) {
            handOff(leader);
        }
        closeAll();
    }

    /**
     * A store whose clock is beyond the bound may end sessions faster than they are kept alive. One that lost its data and gives
     * versions again, which no lock's does, may let in an update of long ago, by which a session holds what nobody knows of.
     */
    private boolean mayLackSessions() {
        return world.weather().sessions > 0 && (world.history().isBeyondTheBound() || !world.versionsMeanSomething());
    }

    /** For how long more a record may go unseen where sessions hold it. */
    private long unseen() {
        return world.weather().sessions > 0 ? 4 * lease : 0;
    }

    /** Where silent watches may still have to be noticed. */
    private long longBound() {
        return unseen() + 3 * lease / 2 + renew / 2 + 67 * retry / 10 + 10 * roundTrip;
    }

    private static void check(boolean holds, String check, String what) {
        if (!holds) {
            throw new SimViolation(check, what);
        }
    }

    private long now() {
        return world.agenda().now();
    }

    private void pass(long nanos) {
        world.agenda().runUntil(now() + nanos);
    }

    private @Nullable SimProcess leader() {
        for (SimProcess process : world.processes()) {
            if (process.leads()) {
                return process;
            }
        }
        return null;
    }

    private String states() {
        StringBuilder text = new StringBuilder(":");
        for (SimProcess process : world.processes()) {
            if (!process.isDead()) {
                text.append(' ').append(process.name).append('=').append(process.state());
            }
        }
        return text.toString();
    }

    /** Says whether a fresh candidate has joined. */
    private boolean heal() {
        world.network().calmDown();
        world.store().setDown(false);
        nemesis.repair();
        world.sessions().calmDown();
        boolean candidate = false;
        for (SimProcess process : world.processes()) {
            process.host.requestsCut = false;
            process.host.repliesCut = false;
            process.watchLag = 0;
            SimNetwork.Watch watch = process.watch();
            if (watch != null) {
                watch.hurry();
            }
            process.host.resume();
            if (!process.isDead()) {
                process.wakeUpAtLast();
                process.host.wakeUpAtLast();
                process.post(new ElectionEvent.HealthReported(true));
                candidate |= process.isHealthyCandidate();
            }
        }
        world.sessionLink().hurry();
        boolean fresh = !candidate || world.weather().freshAfterwards;
        if (fresh) {
            world.launch("fresh" + world.processes().size(), Mode.CONTINUOUS, world.freshHost());
        }
        return fresh;
    }

    private void stayStable(SimProcess leader) {
        pass(2 * lease);
        check(leader.leads(), "stability", leader.name + " leads no longer, though all is well" + states());
        for (SimProcess process : world.processes()) {
            boolean hears = process.hasWorkingWatch()
                    || (process.settings.canWatch()
                            && world.weather().largestFactor() == 1
                            && world.weather().sessions == 0);
            boolean follows = hears
                    && !process.isDead()
                    && process.state() != ElectionState.IDLE
                    && process.state() != ElectionState.CLOSED;
            Optional<String> told = process.announced();
            check(
                    !follows || told.equals(Optional.of(leader.settings.identity())),
                    "announcement",
                    process.name + " believes that " + told + " leads, and not " + leader.settings.identity());
        }
    }

    private boolean hasWatchingRival(SimProcess leader) {
        SimWrite standing = world.store().state().write();
        if (standing != null
                && standing.entry != null
                && standing.record.successor().isPresent()) {
            SimProcess next = standing.entry.writer; // it is handed over to that one
            return next != null && next.hasWorkingWatch() && next.isHealthyCandidate();
        }
        for (SimProcess process : world.processes()) {
            if (process != leader && process.hasWorkingWatch() && process.isHealthyCandidate()) {
                return true;
            }
        }
        return false;
    }

    private void stepDown(SimProcess leader) {
        if (hasWatchingRival(leader)) {
            SimTenure tenure = leader.tenure();
            boolean works = tenure != null && !tenure.workReturned;
            long patience = works ? leader.host.realNanos(leader.settings.drainNanos()) / 4 * 3 : 0;
            leader.lane.stopNanos = patience;
            leader.post(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
            long tenures = world.history().tenures;
            pass(patience);
            check(
                    !works || world.history().tenures == tenures,
                    "patience",
                    "a tenure began while " + leader.name + " was stopping");
            leader.lane.stopNanos = 0;
            pass(retry + 12 * roundTrip);
            SimProcess next = leader();
            check(
                    (next != null && next != leader) || !world.weather().pacesAreAlike(),
                    "fairness",
                    "nobody else leads after " + leader.name + " stepped down");
        }
    }

    private void handOff(SimProcess leader) {
        pass(22 * retry / 10); // until nobody holds back any more
        boolean quick = leader.settings.releaseOnCancel() && hasWatchingRival(leader);
        leader.close();
        pass(quick ? retry + 12 * roundTrip : longBound());
        boolean rival = false;
        for (SimProcess process : world.processes()) {
            rival |= process.isHealthyCandidate();
        }
        check(
                !rival || leader() != null || mayLackSessions(),
                "handoff",
                "nobody leads after " + leader.name + " has closed" + states());
    }

    private void closeAll() {
        long bound = 0;
        for (SimProcess process : world.processes()) {
            if (!process.isDead()) {
                process.close();
                bound = Math.max(bound, process.settings.drainNanos() + 3 * process.settings.callNanos());
            }
        }
        pass(bound + 10 * roundTrip);
        for (SimProcess process : world.processes()) {
            boolean closed = process.isDead() || process.state() == ElectionState.CLOSED;
            check(closed, "closing", process.name + " is still " + process.state());
            check(
                    process.isDead() || process.auditor.isPaired(),
                    "pairing",
                    process.name + " was started and not stopped");
        }
    }
}
