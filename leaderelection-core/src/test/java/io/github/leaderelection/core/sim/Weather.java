package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.MachineSettings;

/**
 * What one seed draws before anything happens: the settings of its candidates and how often which trouble comes. Each kind of
 * trouble is absent in some seeds, and all of it in the quiet ones.
 */
final class Weather {

    /** How far apart the rates of the processes' clocks are. */
    enum Rates {
        /** Up to, but less than, what the settings allow. */
        WITHIN,
        /** Beyond that, so that exclusivity is not promised. */
        BEYOND
    }

    /** Who else has a hand in the record. */
    enum Meddling {
        NONE,
        /** Somebody deletes and corrupts it. */
        OUTSIDER,
        /** The store loses its data, and its order starts over. */
        DATA_LOSS
    }

    /** The mean of what {@link #drawLease} draws: what the length of a simulation is reckoned by. */
    static final double MEAN_LEASE_NANOS = 2164e9;

    private static final double SHORTEST_LEASE = 1e9;
    private static final double LONGEST_LEASE = 6 * 3600e9;

    final Meddling meddling;
    final boolean quiet;
    final int candidates;
    final int observers;
    final double sharedIdentity;
    final double oneTenure;
    final double releaseOnCancel;
    final double canWatch;
    final double leaderWatches;
    final double tiedToWork;
    final boolean incarnations;

    final long latency;
    final long slowest;
    final double slow;
    final double requestLoss;
    final double replyLoss;
    final double refusal;
    final double denial;
    final double duplicate;
    final double reorder;
    final boolean watchConflates;
    final double stall;
    final long stallMost;
    final double lateTimer;

    final double hangingCallback;
    final double throwingCallback;
    final double callFromCallback;
    final double shortWork;

    /** The mean pause between disturbances; how likely each is, in the order of the {@link Fault}s. */
    final double disturbNanos;

    final double[] weights = new double[Fault.values().length];
    final boolean freshAfterwards;

    /** How likely a candidate holds by a session; and joins a process that runs already, and its client there. */
    final double sessions;

    final double siblings;
    final boolean oneClient;

    /** By how much a lease may count from before the sending of a keep-alive; whether it does; for how long it may outlast its end. */
    final long earlierNanos;

    final boolean countsFromSending;
    final long sessionsEndLate;
    final double deposed;

    private final MachineSettings common;
    private final boolean settingsDiffer;
    private final double rateSpan;
    private final double highestRate;

    Weather(Dice dice, Rates rates) {
        double kind = dice.between(0, 1);
        meddling = kind < 0.7 || rates == Rates.BEYOND
                ? Meddling.NONE
                : kind < 0.85 ? Meddling.OUTSIDER : Meddling.DATA_LOSS;
        quiet = dice.chance(0.07);
        candidates = 2 + dice.below(4);
        observers = dice.chance(0.3) ? 1 : 0;
        sharedIdentity = dice.chance(0.4) ? dice.between(0.2, 1) : 0;
        oneTenure = dice.chance(0.3) ? dice.between(0.1, 1) : 0;
        releaseOnCancel = dice.between(0, 1.3);
        canWatch = dice.chance(0.6) ? 1 : dice.between(0, 1);
        tiedToWork = dice.chance(0.3) ? 1 : 0;
        incarnations = dice.chance(0.7);
        common = drawSettings(dice);
        settingsDiffer = meddling == Meddling.NONE && dice.chance(0.15);

        double bound = (double) common.leaseNanos() / common.renewNanos();
        double margin = Math.min(0.5, 1000 / ((bound - 1) * common.leaseNanos()));
        rateSpan = dice.chance(0.15) ? 0 : (bound - 1) * (1 - margin);
        highestRate = rates == Rates.WITHIN ? 1 + rateSpan : bound * dice.between(1.2, 3);

        latency = (long) (common.callNanos() * dice.logBetween(1e-5, 0.3));
        slowest = (long) (dice.chance(0.5) ? common.callNanos() * 2.5 : common.leaseNanos() * dice.between(0.5, 4));
        slow = intensity(dice, 0.3);
        requestLoss = intensity(dice, 0.3);
        replyLoss = intensity(dice, 0.3);
        refusal = intensity(dice, 0.3);
        denial = dice.chance(0.1) ? intensity(dice, 0.02) : 0;
        duplicate = intensity(dice, 0.3);
        reorder = intensity(dice, 0.5);
        watchConflates = dice.chance(0.2);
        stall = intensity(dice, 0.05);
        stallMost = (long) (common.leaseNanos() * dice.logBetween(0.01, 2));
        lateTimer = intensity(dice, 0.2);
        hangingCallback = intensity(dice, 0.3);
        throwingCallback = intensity(dice, 0.3);
        callFromCallback = intensity(dice, 0.1);
        shortWork = intensity(dice, 0.3);

        sessions = drawSessions(dice);
        siblings = sessions > 0 && dice.chance(0.5) ? dice.between(0.2, 1) : 0;
        oneClient = dice.chance(0.7);
        earlierNanos = dice.chance(0.4) ? (long) (common.renewNanos() * dice.between(0, 0.25)) : 0;
        countsFromSending = dice.chance(0.5);
        sessionsEndLate = dice.chance(0.3) ? (long) (common.leaseNanos() * dice.logBetween(0.01, 1)) : 0;
        deposed = intensity(dice, 0.5);

        disturbNanos = common.leaseNanos() * dice.logBetween(0.15, 8);
        drawWeights(dice);
        freshAfterwards = dice.chance(0.5);
        leaderWatches = dice.chance(0.5) ? 1 : dice.between(0, 1);
    }

    private static double drawSessions(Dice dice) {
        return switch (dice.below(6)) {
            case 0, 1 -> 0;
            case 2, 3, 4 -> 1;
            default -> dice.between(0.2, 0.8);
        };
    }

    private double intensity(Dice dice, double most) {
        return quiet || dice.chance(0.4) ? 0 : dice.logBetween(most / 100, most);
    }

    private void drawWeights(Dice dice) {
        Fault[] disturbances = {
            Fault.CUT_OFF, Fault.WATCH_CUT, Fault.WATCH_SILENT, Fault.WATCH_LAG, Fault.OUTAGE, Fault.TOUCHED,
                    Fault.PAUSE,
            Fault.PAUSE, Fault.CRASH, Fault.LAUNCH, Fault.RATE_CHANGED, Fault.WALL_JUMP, Fault.STEP_DOWN, Fault.CANCEL,
            Fault.CLOSE, Fault.SICK, Fault.SERVER_CHANGED
        };
        for (Fault fault : disturbances) {
            weights[fault.ordinal()] += quiet ? 0 : dice.chance(0.4) ? 0 : dice.between(0.1, 1);
        }
        if (meddling == Meddling.OUTSIDER) {
            weights[Fault.DELETED.ordinal()] = dice.between(0.1, 1.5);
            weights[Fault.SESSION_KILLED.ordinal()] = dice.between(0, 1);
            weights[Fault.CORRUPTED.ordinal()] = dice.between(0, 0.5);
        } else if (meddling == Meddling.DATA_LOSS) {
            weights[Fault.DATA_LOST.ordinal()] = dice.between(0.1, 1.5);
        }
    }

    /** Legal settings: lease > renew deadline > retry period x 1.2, many of them hardly so. */
    private MachineSettings drawSettings(Dice dice) {
        long lease = drawLease(dice);
        double renewPart = switch (dice.below(4)) {
            case 0 -> 2 / 3.0;
            case 1 -> dice.between(0.9, 0.999);
            case 2 -> dice.between(0.15, 0.6);
            default -> dice.between(0.3, 0.95);
        };
        long renew = (long) (lease * renewPart);
        double tries = switch (dice.below(4)) {
            case 0 -> 5;
            case 1 -> dice.between(1.2001, 1.5);
            case 2 -> dice.between(6, 15);
            default -> dice.between(1.3, 6);
        };
        long drain = (long) (lease * dice.logBetween(0.1, 3));
        return new MachineSettings("", lease, renew, (long) (renew / tries), drain, true, true, false);
    }

    private static long drawLease(Dice dice) {
        return (long) dice.logBetween(SHORTEST_LEASE, LONGEST_LEASE);
    }

    /** What one more candidate goes by. */
    MachineSettings settings(Dice dice, String identity) {
        double factor = settingsDiffer ? dice.logBetween(0.5, 2) : 1;
        return new MachineSettings(
                identity,
                (long) (common.leaseNanos() * factor),
                (long) (common.renewNanos() * factor),
                (long) (common.retryNanos() * factor),
                (long) (common.drainNanos() * factor),
                dice.chance(releaseOnCancel),
                dice.chance(canWatch),
                dice.chance(sessions),
                dice.chance(leaderWatches),
                (long) (common.retryNanos() * factor));
    }

    /** How fast a clock runs: at one of the two extremes, or between. */
    double drawRate(Dice dice) {
        return switch (dice.below(3)) {
            case 0 -> 1;
            case 1 -> highestRate;
            default -> dice.between(1, highestRate);
        };
    }

    /** Whether all have the same settings, and no clock runs twice as fast as another. */
    boolean pacesAreAlike() {
        return !settingsDiffer && highestRate < 2;
    }

    MachineSettings common() {
        return common;
    }

    /** No candidate's lease, or pause, is longer than so many times the common one. */
    double largestFactor() {
        return settingsDiffer ? 2 : 1;
    }

    @Override
    public String toString() {
        return (quiet ? "quiet, " : "") + "meddling=" + meddling + " lease=" + Transcript.seconds(common.leaseNanos())
                + " renew=" + Transcript.seconds(common.renewNanos()) + " retry="
                + Transcript.seconds(common.retryNanos()) + " drain=" + Transcript.seconds(common.drainNanos())
                + " latency=" + Transcript.seconds(latency) + " rates=1.." + highestRate + " sessions=" + sessions
                + " siblings=" + siblings
                + (oneClient ? " of one client" : "") + " earlier=" + Transcript.seconds(earlierNanos);
    }
}
