package io.github.leaderelection.benchmarks;

/**
 * How much is measured.
 *
 * @param name of the plan
 * @param handoffCount handoffs of each elector
 * @param pollingHandoffCount of those electors whose handoffs take seconds; divides {@code handoffCount}
 * @param crashCount crashes of each elector's leader
 * @param settleSeconds between the start of a steady state and its measurement
 * @param steadySeconds for how long a steady state of one election is measured
 * @param crowdMax the most candidates of one election
 * @param crowdHandoffCount handoffs among that many
 * @param manySeconds for how long a steady state of many elections is measured
 * @param hugeCount elections of the largest number
 * @param hugeSettleSeconds before these are measured, so that the JVM has compiled most of what they run
 * @param hugeSeconds for how long they are measured
 * @param jmhIterations iterations of each benchmark, of a second each, and as many to warm up
 */
record Plan(
        String name,
        int handoffCount,
        int pollingHandoffCount,
        int crashCount,
        int settleSeconds,
        int steadySeconds,
        int crowdMax,
        int crowdHandoffCount,
        int manySeconds,
        int hugeCount,
        int hugeSettleSeconds,
        int hugeSeconds,
        int jmhIterations) {

    static final Plan FULL = new Plan("full", 40, 8, 5, 8, 20, 200, 20, 60, 10_000, 120, 120, 5);
    static final Plan QUICK = new Plan("quick", 10, 2, 1, 4, 6, 20, 5, 10, 2_000, 4, 20, 1);

    /** The same, but for how long the largest number of elections is measured. */
    Plan withHugeSeconds(int seconds) {
        return new Plan(
                name,
                handoffCount,
                pollingHandoffCount,
                crashCount,
                settleSeconds,
                steadySeconds,
                crowdMax,
                crowdHandoffCount,
                manySeconds,
                hugeCount,
                hugeSettleSeconds,
                seconds,
                jmhIterations);
    }

    Plan {
        if (handoffCount % pollingHandoffCount != 0) {
            throw new IllegalArgumentException(
                    "expected " + pollingHandoffCount + " to divide " + handoffCount + ", for rounds of equal size");
        }
    }
}
