package io.github.leaderelection.core.sim;

import java.util.SplittableRandom;

/** All chance of one simulation, out of its seed. */
final class Dice {

    private final SplittableRandom random;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** From 0 to below {@code bound}; 0 if there is nothing below it. */
    long below(long bound) {
        return bound <= 1 ? 0 : random.nextLong(bound);
    }

    int below(int bound) {
        return bound <= 1 ? 0 : random.nextInt(bound);
    }

    double between(double low, double high) {
        return low + random.nextDouble() * (high - low);
    }

    /** Each order of magnitude as likely as any other. */
    double logBetween(double low, double high) {
        return low * StrictMath.exp(random.nextDouble() * StrictMath.log(high / low));
    }

    /** How long until the next of events that come at random, so often on average. */
    long pause(double meanNanos) {
        return 1 + (long) (-StrictMath.log(1 - random.nextDouble()) * meanNanos);
    }

    long nextLong() {
        return random.nextLong();
    }
}
