package io.github.leaderelection.testkit;

import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks who leads after every turn and whenever time has moved, and notes what no election should show. */
final class Audit {

    private final Timeline timeline;

    // Of the test's thread.
    private final Map<SimulatedProcess, Leadership> leading = new LinkedHashMap<>();
    private long newestToken = Long.MIN_VALUE;
    private String newestHolder = "";
    private List<Leadership> overlap = List.of();

    /** Guarded by itself. */
    private final List<String> violations = new ArrayList<>();

    Audit(Timeline timeline) {
        this.timeline = timeline;
    }

    void look(long nowNanos, List<SimulatedProcess> living) {
        leading.keySet().retainAll(living);
        for (SimulatedProcess process : living) {
            Optional<Leadership> now = process.elector().leadership();
            Leadership before = leading.get(process);
            if (before != null && now.filter(before::equals).isEmpty()) {
                leading.remove(process);
                timeline.add(nowNanos, process.label, "leads no longer with token " + before.fencingToken());
            }
            now.filter(tenure -> !tenure.equals(before)).ifPresent(tenure -> begin(nowNanos, process, tenure));
        }
        List<Leadership> all = List.copyOf(leading.values());
        if (all.size() > 1 && !all.equals(overlap)) {
            violation(
                    nowNanos,
                    String.join(
                                    " and ",
                                    leading.entrySet().stream()
                                            .map(each -> each.getKey().label + " (token "
                                                    + each.getValue().fencingToken() + ")")
                                            .toList())
                            + " led at once");
        }
        overlap = all;
    }

    private void begin(long nowNanos, SimulatedProcess process, Leadership tenure) {
        leading.put(process, tenure);
        timeline.add(nowNanos, process.label, "leads with token " + tenure.fencingToken());
        if (tenure.fencingToken() <= newestToken) {
            violation(
                    nowNanos,
                    "the token " + tenure.fencingToken() + " of " + process.label + " is not greater than "
                            + newestToken + " of " + newestHolder + " before it");
        } else {
            newestToken = tenure.fencingToken();
            newestHolder = process.label;
        }
    }

    /** When the next tenure ends that is not renewed. */
    long nextEnd(long nowNanos, List<SimulatedProcess> living) {
        long next = Long.MAX_VALUE;
        for (SimulatedProcess process : living) {
            Leadership tenure = leading.get(process);
            if (tenure != null) {
                Duration remaining = tenure.remaining();
                long end = process.clock.localNanos(nowNanos) + remaining.toNanos();
                next = Math.min(next, Math.max(nowNanos + 1, process.clock.virtualNanos(end, nowNanos)));
            }
        }
        return next;
    }

    /** Any thread may say so. */
    void violation(long nowNanos, String what) {
        synchronized (violations) {
            violations.add("at " + Timeline.time(nowNanos).strip() + " " + what);
        }
        timeline.add(nowNanos, "!", what);
    }

    List<String> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }
}
