package io.github.leaderelection.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of one kind, in one unit. */
public final class Samples {

    /** What {@link #cells()} are. */
    public static final List<String> HEADERS = List.of("n", "min", "median", "p90", "max");

    private final double[] sorted;

    private Samples(double[] sorted) {
        this.sorted = sorted;
    }

    /** In any order; at least one. */
    public static Samples of(List<Double> figures) {
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("expected at least one figure");
        }
        return new Samples(
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray());
    }

    /** The smallest. */
    public double min() {
        return sorted[0];
    }

    /** The largest. */
    public double max() {
        return sorted[sorted.length - 1];
    }

    /** That which half of the figures are below; of an even number of figures, the mean of the middle two. */
    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest figure that at least nine tenths of the figures do not exceed. */
    public double p90() {
        return sorted[(int) Math.ceil(sorted.length * 0.9) - 1];
    }

    /** As cells of a table. */
    public List<String> cells() {
        List<String> cells = new ArrayList<>(List.of(Integer.toString(sorted.length)));
        for (double figure : new double[] {min(), median(), p90(), max()}) {
            cells.add(text(figure));
        }
        return List.copyOf(cells);
    }

    /** With three digits that say something. */
    public static String text(double figure) {
        double size = Math.abs(figure);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, figure);
    }
}
