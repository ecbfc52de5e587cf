package io.github.leaderelection.benchmarks;

/**
 * What a load has cost its JVM.
 *
 * @param threadsAdded threads, those of the client among them
 * @param heapKibibytesPerCandidate heap after a collection, without that of the first client
 * @param cpuMillis processor time in the measured time
 * @param seconds the measured time
 * @param lossCount how often the loss of a leadership was told in it
 * @param writeCount writes in it, if they were counted
 * @param variation of the writes per tenth of a second
 */
record LoadFigures(
        int threadsAdded,
        double heapKibibytesPerCandidate,
        double cpuMillis,
        double seconds,
        long lossCount,
        long writeCount,
        double variation) {

    @Override
    public String toString() {
        return threadsAdded + " " + heapKibibytesPerCandidate + " " + cpuMillis + " " + seconds + " " + lossCount + " "
                + writeCount + " " + variation;
    }

    /** What {@link #toString()} has made. */
    static LoadFigures parse(String text) {
        String[] parts = text.split(" ");
        if (parts.length != 7) {
            throw new IllegalArgumentException("expected seven figures, but got '" + text + "'");
        }
        return new LoadFigures(
                Integer.parseInt(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                Long.parseLong(parts[4]),
                Long.parseLong(parts[5]),
                Double.parseDouble(parts[6]));
    }

    /** The share of one core, in percent. */
    double corePercent() {
        return cpuMillis / seconds / 10;
    }
}
