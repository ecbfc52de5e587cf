package io.github.leaderelection.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened, line by line, for whoever has to understand a failure. Any thread may write. */
final class Timeline {

    /** The lines that are kept; of more, those in the middle are left out. */
    private static final int LINE_COUNT_MAX = 2000;

    private final List<String> lines = new ArrayList<>();
    private int leftOut;

    synchronized void add(long nanos, String who, String what) {
        if (lines.size() == LINE_COUNT_MAX) {
            lines.remove(LINE_COUNT_MAX / 2);
            leftOut++;
        }
        lines.add(time(nanos) + "  " + who + ": " + what);
    }

    static String time(long nanos) {
        return String.format(Locale.ROOT, "%10.3f s", Duration.ofNanos(nanos).toMillis() / 1000.0);
    }

    @Override
    public synchronized String toString() {
        List<String> shown = new ArrayList<>(lines);
        if (leftOut > 0) {
            shown.add(LINE_COUNT_MAX / 2, "  ... " + leftOut + " lines are left out here");
        }
        return String.join("\n", shown);
    }
}
