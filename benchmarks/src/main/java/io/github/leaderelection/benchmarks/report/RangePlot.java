package io.github.leaderelection.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of ranges below each other: from the smallest figure to the largest, thick up to the ninth tenth, with a dot at
 * the median. An SVG without anything from outside.
 */
public final class RangePlot {

    private static final int LABEL_WIDTH = 290;
    private static final int PLOT_WIDTH = 520;
    private static final int RIGHT = 70;
    private static final int ROW_HEIGHT = 26;
    private static final int TOP = 56;
    private static final int BOTTOM = 50;
    private static final String OURS = "#1f6fb2";
    private static final String OTHERS = "#7a7a7a";

    private record Row(String label, Samples samples, boolean ours) {}

    private final String title;
    private final String unit;
    private final boolean logarithmic;
    private final List<Row> rows = new ArrayList<>();

    /** An empty picture; {@code logarithmic} is for figures above zero only. */
    public RangePlot(String title, String unit, boolean logarithmic) {
        this.title = title;
        this.unit = unit;
        this.logarithmic = logarithmic;
    }

    /** Adds a range; those of this project stand out. */
    public void add(String label, Samples samples, boolean ours) {
        rows.add(new Row(label, samples, ours));
    }

    /** The picture. */
    public String toSvg() {
        double low = rows.stream().mapToDouble(row -> row.samples.min()).min().orElse(1);
        double high = rows.stream().mapToDouble(row -> row.samples.max()).max().orElse(1);
        List<Double> ticks = logarithmic ? decades(low, high) : steps(low, high);
        int width = LABEL_WIDTH + PLOT_WIDTH + RIGHT;
        int bottom = TOP + rows.size() * ROW_HEIGHT;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width,
                bottom + BOTTOM,
                width,
                bottom + BOTTOM));
        text(svg, 12, 26, "start", "font-size=\"16\" font-weight=\"bold\"", title);
        for (double tick : ticks) {
            double x = x(tick, ticks);
            line(svg, x, TOP - 8, x, bottom, "#dddddd", 1);
            text(svg, x, bottom + 18, "middle", "fill=\"#444444\"", label(tick));
        }
        String axis = unit + (logarithmic ? ", logarithmic" : "") + "; line: min to max, bar: to p90, dot: median";
        text(svg, LABEL_WIDTH, bottom + 38, "start", "fill=\"#444444\"", axis);
        for (int i = 0; i < rows.size(); i++) {
            range(svg, rows.get(i), TOP + i * ROW_HEIGHT + ROW_HEIGHT / 2.0, ticks);
        }
        return svg.append("</svg>\n").toString();
    }

    private void range(StringBuilder svg, Row row, double y, List<Double> ticks) {
        String color = row.ours ? OURS : OTHERS;
        Samples samples = row.samples;
        text(svg, LABEL_WIDTH - 12, y + 4, "end", row.ours ? "font-weight=\"bold\"" : "", row.label);
        line(svg, x(samples.min(), ticks), y, x(samples.max(), ticks), y, color, 2);
        line(svg, x(samples.min(), ticks), y, x(samples.p90(), ticks), y, color, 8);
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5.5\" fill=\"white\" stroke=\"%s\" stroke-width=\"3\"/>%n",
                x(samples.median(), ticks),
                y,
                color));
        text(
                svg,
                x(samples.max(), ticks) + 10,
                y + 4,
                "start",
                "fill=\"" + color + "\"",
                Samples.text(samples.median()));
    }

    private double x(double figure, List<Double> ticks) {
        double first = scaled(ticks.get(0));
        double last = scaled(ticks.get(ticks.size() - 1));
        return LABEL_WIDTH + PLOT_WIDTH * (scaled(figure) - first) / (last - first);
    }

    private double scaled(double figure) {
        return logarithmic ? Math.log10(figure) : figure;
    }

    /** The powers of ten around a range, and twice and five times each in between. */
    static List<Double> decades(double low, double high) {
        List<Double> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); ; exponent++) {
            for (int factor : new int[] {1, 2, 5}) {
                double tick = factor * Math.pow(10, exponent);
                ticks.add(tick);
                if (tick >= high && ticks.size() > 1) {
                    return fromLastBelow(ticks, low);
                }
            }
        }
    }

    private static List<Double> fromLastBelow(List<Double> ticks, double low) {
        int first = 0;
        while (first + 2 < ticks.size() && ticks.get(first + 1) <= low) {
            first++;
        }
        return List.copyOf(ticks.subList(first, ticks.size()));
    }

    /** Four to ten round numbers around a range. */
    static List<Double> steps(double low, double high) {
        double rough = Math.max(high - low, 1e-9) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        long first = (long) Math.floor(low / step);
        for (long i = first; i <= (long) Math.ceil(high / step); i++) {
            ticks.add(i * step);
        }
        if (ticks.size() == 1) {
            ticks.add((first + 1) * step);
        }
        return List.copyOf(ticks);
    }

    private static String label(double tick) {
        return tick == Math.rint(tick)
                ? String.format(Locale.ROOT, "%.0f", tick)
                : String.format(Locale.ROOT, "%.3g", tick).replaceAll("0+$", "");
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2, String color, int width) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%d\"/>%n",
                x1,
                y1,
                x2,
                y2,
                color,
                width));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String style, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                x,
                y,
                anchor,
                style,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
