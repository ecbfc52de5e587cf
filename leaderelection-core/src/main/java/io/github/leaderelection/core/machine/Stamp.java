package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes the records that are written. The microseconds below the millisecond of each time are no clock but a random mark:
 * they tell two writes apart that carry one identity and fall into one millisecond, so that a write whose reply was lost is
 * recognised by what it wrote (I5) and not by its name (I7). An acquisition has two such marks.
 */
final class Stamp {

    private static final Duration RELEASED_LEASE = Duration.ofSeconds(1);

    private final MachineSettings settings;
    private final RandomGenerator random;

    Stamp(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** A record that begins a tenure, upon a record with so many transitions, or upon none; held by that session, if any. */
    LeaderElectionRecord acquire(Optional<LeaderElectionRecord> before, Optional<String> session, Instant wallTime) {
        Instant one = marked(wallTime);
        Instant other = marked(wallTime);
        return new LeaderElectionRecord(
                settings.identity(),
                Duration.ofNanos(settings.leaseNanos()),
                Optional.of(one.isBefore(other) ? one : other),
                Optional.of(one.isBefore(other) ? other : one),
                before.map(Stamp::nextTransitions).orElse(0),
                session);
    }

    private static int nextTransitions(LeaderElectionRecord before) {
        int transitions = before.leaderTransitions();
        return transitions == Integer.MAX_VALUE ? 0 : transitions + 1;
    }

    /** The record with which the tenure of the successor begins. */
    LeaderElectionRecord handOver(LeaderElectionRecord before, Successor next, Instant wallTime) {
        Optional<Instant> time = Optional.of(marked(wallTime));
        return new LeaderElectionRecord(
                next.holderIdentity(),
                next.leaseDuration(),
                time,
                time,
                nextTransitions(before),
                Optional.of(next.session()),
                Optional.of(next.claim()),
                Optional.empty());
    }

    /** The same tenure, renewed; or, of one that a session holds, left to lapse: whoever sees it waits for its lease. */
    LeaderElectionRecord renew(LeaderElectionRecord before, Instant wallTime) {
        return new LeaderElectionRecord(
                settings.identity(),
                Duration.ofNanos(settings.leaseNanos()),
                before.acquireTime(),
                Optional.of(marked(wallTime)),
                before.leaderTransitions());
    }

    /** Nobody's record, as the Go package and client-go leave it: no holder, one second, both times that of the release. */
    LeaderElectionRecord release(LeaderElectionRecord before, Instant wallTime) {
        Optional<Instant> time = Optional.of(marked(wallTime));
        return new LeaderElectionRecord("", RELEASED_LEASE, time, time, before.leaderTransitions());
    }

    private Instant marked(Instant wallTime) {
        return wallTime.truncatedTo(ChronoUnit.MILLIS).plus(random.nextInt(1000), ChronoUnit.MICROS);
    }
}
