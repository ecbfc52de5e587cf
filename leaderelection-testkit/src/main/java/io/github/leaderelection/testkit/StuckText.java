package io.github.leaderelection.testkit;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What is said when code does not come to rest, so that time cannot go on. */
final class StuckText {

    private static final int FRAME_COUNT_MAX = 20;

    private StuckText() {}

    static String of(long nowNanos, Duration patience, List<Thread> watched, Predicate<Thread> computing) {
        StringBuilder text = new StringBuilder("at " + Timeline.time(nowNanos).strip()
                + " of virtual time, code of a candidate has not come to rest within " + patience.toMillis()
                + " ms of real time. Virtual time stands still while code runs: it must not spin until a time has come, but"
                + " sleep with SimulatedElection.sleep, or wait for something that somebody else does.");
        watched.stream().filter(computing).forEach(thread -> append(text, thread));
        return text.toString();
    }

    static void append(StringBuilder text, Thread thread) {
        text.append("\n  thread ").append(thread.getName()).append(" is ").append(thread.getState());
        StackTraceElement[] frames = thread.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, FRAME_COUNT_MAX); i++) {
            text.append("\n      at ").append(frames[i]);
        }
    }
}
