package io.github.leaderelection.core.sim;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What happened, line by line, and who led when. Kept only when a seed is replayed. */
final class Transcript {

    /** A stretch of time in which a process did something, drawn as a row of one letter. */
    record Stretch(String process, char letter, long from, long to) {}

    private static final int COLUMNS = 100;

    private final List<String> lines = new ArrayList<>();
    private final List<Stretch> stretches = new ArrayList<>();

    void line(long now, String who, String what) {
        lines.add(String.format("%22s %-5s %s", seconds(now), who, what));
    }

    void stretch(String process, char letter, long from, long to) {
        if (to > from) {
            stretches.add(new Stretch(process, letter, from, to));
        }
    }

    static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, 9).toPlainString() + "s";
    }

    List<String> lines() {
        return lines;
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }

    String last(int count) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    /**
     * One row per process: {@code =} leads, {@code s} still stops, {@code z} is paused, {@code -} runs, {@code !} leads
     * beside another.
     */
    String timeline(long from, long to) {
        StringBuilder text = new StringBuilder();
        text.append("from ")
                .append(seconds(from))
                .append(" to ")
                .append(seconds(to))
                .append('\n');
        List<String> names = stretches.stream().map(Stretch::process).distinct().toList();
        for (String name : names) {
            String row = row(name, from, to);
            if (!row.isBlank()) {
                text.append(String.format("%5s |%s|%n", name, row));
            }
        }
        return text.toString();
    }

    private String row(String name, long from, long to) {
        char[] row = " ".repeat(COLUMNS).toCharArray();
        String order = "-zs=";
        for (char letter : order.toCharArray()) {
            for (Stretch stretch : stretches) {
                if (stretch.letter() == letter && stretch.process().equals(name)) {
                    draw(row, stretch, from, to);
                }
            }
        }
        return new String(row);
    }

    private void draw(char[] row, Stretch stretch, long from, long to) {
        if (stretch.to() < from || stretch.from() > to) {
            return;
        }
        double width = Math.max(1, to - from);
        int first = (int) Math.max(0, COLUMNS * ((stretch.from() - from) / width));
        int last = (int) Math.min(COLUMNS - 1.0, COLUMNS * ((stretch.to() - from) / width));
        for (int column = Math.min(first, COLUMNS - 1); column <= last; column++) {
            boolean shared = stretch.letter() == '=' && isLedByAnother(stretch, from, column, width);
            row[column] = shared ? '!' : stretch.letter();
        }
    }

    private boolean isLedByAnother(Stretch mine, long from, int column, double width) {
        double start = Math.max(mine.from(), from + column * width / COLUMNS);
        double end = Math.min(mine.to(), from + (column + 1) * width / COLUMNS);
        return stretches.stream()
                .anyMatch(other -> other.letter() == '='
                        && !other.process().equals(mine.process())
                        && Math.max(start, other.from()) < Math.min(end, other.to()));
    }
}
