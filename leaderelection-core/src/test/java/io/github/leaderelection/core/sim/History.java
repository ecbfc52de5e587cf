package io.github.leaderelection.core.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold over the whole history, judged by real time, which no process can see.
 *
 * <ul>
 *   <li><b>exclusivity</b>: no tenure is published as valid while another process's {@code isLeader()} would answer true. That
 *       covers every instant, because an answer turns from false to true at no other. Not for clocks that are beyond the bound,
 *       where breaches are counted; not beside a tenure whose record an outsider removed and which then was overtaken by
 *       somebody whom that record had not been shown to; not for two leases after a store lost its data, and not at all
 *       afterwards if that store gives one number to two versions; and not beside a tenure whose session an outsider ended less than
 *       a renew deadline ago.
 *   <li><b>held</b>: a record whose session is alive is written upon by nobody but who wrote it.
 *   <li><b>handover</b>: no tenure is published as valid while the work of another process's tenure, which was revoked, has not
 *       ended and its lease was renewed less than a renew deadline ago; with the same exceptions.
 *   <li><b>tokens</b>: valid tenures are published in the order of their tokens, and of their acquisitions; with the same
 *       exceptions. No token is given twice, unless data was lost.
 *   <li><b>fence</b>: a register that refuses tokens older than its newest takes no write of a tenure that was acquired before
 *       that of a write it has taken; whatever the clocks do, unless data was lost.
 * </ul>
 */
final class History {

    private final Simulation world;
    private final Weather.Rates rates;

    private final List<SimWrite> robbed = new ArrayList<>();
    private @Nullable SimWrite newestPublished;
    private long newestToken = Long.MIN_VALUE;
    private long dataLostAt = Long.MIN_VALUE;
    private boolean dataLost;

    private long registerToken = Long.MIN_VALUE;
    private long registerSerial;

    long tenures;
    long overlaps;
    long overlapsExcused;
    long writesOffered;
    long writesRefused;

    History(Simulation world, Weather.Rates rates) {
        this.world = world;
        this.rates = rates;
    }

    private static void check(boolean holds, String check, String what) {
        if (!holds) {
            throw new SimViolation(check, what);
        }
    }

    void dataLost() {
        dataLost = true;
        dataLostAt = world.agenda().now();
    }

    /** Whether clocks are beyond the bound, so that nothing is promised of who leads, and for how long. */
    boolean isBeyondTheBound() {
        return rates == Weather.Rates.BEYOND;
    }

    boolean hasLostData() {
        return dataLost;
    }

    /** Whether tenures may overlap because the store lost its data. */
    private boolean storeIsExcused() {
        double leases =
                2 * world.weather().largestFactor() * world.weather().common().leaseNanos();
        return dataLost && (!world.versionsMeanSomething() || world.agenda().now() - dataLostAt < leases);
    }

    /** A write has been applied. Whoever was robbed of its record, and is overtaken in ignorance of it, is betrayed. */
    void applied(SimWrite write) {
        if (write.root != write || write.writer == null) {
            return;
        }
        checkHeld(write);
        for (SimWrite one : robbed) {
            boolean told = one.toldWhenRemoved != null && one.toldWhenRemoved.get(write.writer.number);
            one.betrayed |= one != write && !told;
        }
    }

    /** What a session holds is written upon by others only once that has ended. */
    private void checkHeld(SimWrite write) {
        SimWrite before = write.expected == null ? null : write.expected.write;
        if (before == null || write.writer == null || before.isBy(write.writer) || !world.versionsMeanSomething()) {
            return;
        }
        boolean alive = world.sessions().isAlive(before.record.session().orElse(null));
        check(!alive, "held", write.writer.name + " takes a record whose session is alive");
    }

    /** Whether an outsider has ended the session of this tenure less than a renew deadline ago. */
    private boolean isSevered(SimProcess leader, SimTenure tenure) {
        SimSession session =
                tenure.root.record.session().map(world.sessions()::find).orElse(null);
        return session != null
                && session.killedAt != SimSession.NEVER
                && world.agenda().now() - session.killedAt <= leader.settings.renewNanos();
    }

    /** An outsider has removed the record of this tenure. */
    void removed(SimWrite root) {
        robbed.add(root);
    }

    void published(SimProcess leader, SimTenure tenure) {
        tenures++;
        if (!tenure.wouldBeValid(world.agenda().now())) {
            return; // nobody was ever told that it leads
        }
        boolean excused = storeIsExcused() || tenure.root.betrayed || isSevered(leader, tenure);
        List<SimProcess> processes = world.processes();
        for (int i = 0; i < processes.size(); i++) {
            SimProcess other = processes.get(i);
            SimTenure theirs = other.tenure();
            if (other == leader || theirs == null || other.isDead()) {
                continue;
            }
            boolean forgiven = excused || theirs.root.betrayed || isSevered(other, theirs);
            if (other.leads()) {
                overlap(leader, other, forgiven);
            } else if (theirs.isBeingStopped() && !forgiven && rates == Weather.Rates.WITHIN) {
                boolean holds = other.clock.local(world.agenda().now()) < other.auditor.holdsUntil();
                check(!holds, "handover", leader.name + " leads while the work of " + other.name + " is being stopped");
            }
        }
        checkTokens(tenure, excused);
    }

    private void overlap(SimProcess leader, SimProcess other, boolean excused) {
        if (excused) {
            overlapsExcused++;
            return;
        }
        overlaps++;
        check(rates == Weather.Rates.BEYOND, "exclusivity", leader.name + " leads while " + other.name + " does");
    }

    private void checkTokens(SimTenure tenure, boolean excused) {
        SimWrite newest = newestPublished;
        if (newest != null && !excused && !newest.betrayed && rates == Weather.Rates.WITHIN) {
            check(
                    tenure.root.serial > newest.serial,
                    "tokens",
                    "a tenure acquired before the last one is published after it");
            check(
                    dataLost || tenure.token > newestToken,
                    "tokens",
                    tenure.token + " is published after " + newestToken);
        }
        newestPublished = tenure.root;
        newestToken = tenure.token;
    }

    /** The work of a tenure writes its token to the register, and the write arrives so much later. */
    void offer(SimTenure tenure, long latency) {
        world.agenda().at(world.agenda().now() + latency, () -> arrive(tenure));
    }

    private void arrive(SimTenure tenure) {
        writesOffered++;
        if (dataLost) {
            return;
        }
        if (tenure.token < registerToken) {
            writesRefused++;
            return;
        }
        check(tenure.root.serial >= registerSerial, "fence", "a stale write with token " + tenure.token + " is taken");
        boolean same = tenure.token == registerToken;
        check(!same || tenure.root.serial == registerSerial, "fence", "two tenures have token " + tenure.token);
        registerToken = tenure.token;
        registerSerial = tenure.root.serial;
    }
}
