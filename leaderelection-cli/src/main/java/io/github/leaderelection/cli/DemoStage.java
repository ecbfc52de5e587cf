package io.github.leaderelection.cli;

import io.github.leaderelection.Leadership;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Where the candidates of the demo appear: prints what they do as it happens, and remembers it. Any thread may call.
 */
final class DemoStage {

    /** A tenure began. */
    record Start(String leader, long token, long atNanos) {}

    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final PrintStream out;
    private final long beginNanos = System.nanoTime();
    private final List<Start> starts = new ArrayList<>();

    DemoStage(PrintStream out) {
        this.out = out;
    }

    synchronized void say(String what) {
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        out.printf(Locale.ROOT, "%8.3f s  %s%n", seconds, what);
        out.flush();
    }

    synchronized void print(String line) {
        out.println(line);
        out.flush();
    }

    synchronized void started(Leadership leadership) {
        Start start = new Start(leadership.identity(), leadership.fencingToken(), System.nanoTime());
        starts.add(start);
        say("* " + start.leader() + " leads, with fencing token " + start.token());
        notifyAll();
    }

    synchronized void stopped(Leadership ended) {
        String reason = ended.revocationReason()
                .map(why -> why.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .orElse("unknown");
        say("  " + ended.identity() + " leads no more: " + reason);
    }

    /** Waits until the tenure of that number, counted from 1, has begun. */
    synchronized Start awaitStart(int number) throws InterruptedException {
        long deadline = System.nanoTime() + START_NANOS_MAX;
        while (starts.size() < number) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException("nobody took over within "
                        + Duration.ofNanos(START_NANOS_MAX).toSeconds() + " s");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return starts.get(number - 1);
    }

    synchronized List<Start> starts() {
        return List.copyOf(starts);
    }
}
