package io.github.leaderelection.it.nemesis;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * What the candidates are told, and what follows for what may be expected of them.
 *
 * @param name the name of the election
 * @param timing its durations
 * @param clocks at which rates their clocks run
 */
record Election(String name, Timing timing, Clocks clocks) {

    private static final String NAME = "nemesis/leader";

    /** Lets many tenures go by in a minute. */
    private static final Timing QUICK =
            new Timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(400));

    /** Servers elect a leader of their own, clients connect again, and all that on a loaded machine. */
    private static final Duration LEADERLESS_SLACK = Duration.ofSeconds(12);

    static Election of(Clocks clocks) {
        return new Election(NAME, QUICK, clocks);
    }

    /** At which rates the clocks of candidates run. */
    enum Clocks {
        /** Any two differ by less than lease duration / renew deadline, which is 1.5: 1.20 / 0.85 is 1.41. */
        WITHIN(0.85, 1.20),
        /** Beyond it tenures may overlap, which shows that overlaps are seen. All other promises hold. */
        BEYOND(0.4, 2.5);

        private final double least;
        private final double most;

        Clocks(double least, double most) {
            this.least = least;
            this.most = most;
        }
    }

    record Timing(Duration lease, Duration renew, Duration retry) {
        List<String> arguments() {
            return List.of(lease.toString(), renew.toString(), retry.toString());
        }
    }

    /** A rate at which a candidate's clock may run. */
    double rate(Random dice) {
        return dice.nextDouble(clocks.least, clocks.most);
    }

    /** For so long, on a clock that runs as it should, the register may be without an accepted write in a calm. */
    Duration leaderlessMax() {
        long lease = Math.round(timing.lease().toNanos() / clocks.least);
        return LEADERLESS_SLACK.plusNanos(lease);
    }

    /** Whether such a violation breaks what is promised for those clocks. */
    boolean isBrokenBy(Violation violation) {
        return clocks == Clocks.WITHIN || violation.kind() != Violation.Kind.OVERLAP;
    }

    /** Closing takes 5.5 s at most with these durations; the rest is for a loaded machine. Pauses do not count. */
    Duration endMost() {
        return Duration.ofSeconds(30);
    }
}
