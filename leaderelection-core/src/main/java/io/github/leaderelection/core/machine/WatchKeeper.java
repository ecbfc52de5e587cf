package io.github.leaderelection.core.machine;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one watch open where the lock can watch. A watch is healthy once it has shown the state it starts from. One that
 * ends, fails, or stays silent is opened anew, with a pause that grows.
 */
final class WatchKeeper {

    private final boolean canWatch;
    private final long callNanos;
    private final long retryNanos;
    private final Backoff backoff;
    private long number;
    private boolean open;
    private boolean healthy;
    private long healthySinceNanos;
    /** By when an open watch has to show something. */
    private long expectedByNanos = ElectionMachine.NEVER;

    private @Nullable Seen lastShown;

    WatchKeeper(MachineSettings settings, RandomGenerator random) {
        canWatch = settings.canWatch();
        callNanos = settings.callNanos();
        retryNanos = settings.retryNanos();
        backoff = new Backoff(settings.retryNanos(), random);
    }

    /** Gives up a watch that did not show what it had to, and opens one if that is due. Says when to ask again. */
    long keep(long nowNanos, List<ElectionAction> actions) {
        if (open && nowNanos >= expectedByNanos) {
            actions.add(new ElectionAction.Report(ElectionAction.Trouble.WATCH_SILENT));
            actions.add(new ElectionAction.CloseWatch(number));
            broke(nowNanos);
        }
        if (open) {
            return expectedByNanos;
        }
        if (!canWatch || nowNanos < backoff.notBeforeNanos()) {
            return canWatch ? backoff.notBeforeNanos() : ElectionMachine.NEVER;
        }
        open = true;
        number++;
        actions.add(new ElectionAction.OpenWatch(number));
        expectedByNanos = nowNanos + 2 * callNanos;
        return expectedByNanos;
    }

    /**
     * A read has found this, which a healthy watch has shown, should have shown some time ago, or shows any moment now. That
     * is given half the time of an opening, so that one that is silent is replaced inside the lease.
     */
    void expectShown(Seen seen, long nowNanos) {
        if (healthy && !seen.equals(lastShown)) {
            expectedByNanos = Math.min(expectedByNanos, nowNanos + callNanos);
        }
    }

    boolean isCurrent(long watch) {
        return open && watch == number;
    }

    boolean isHealthy() {
        return healthy;
    }

    void heard(Seen seen, long nowNanos) {
        lastShown = seen;
        healthySinceNanos = healthy ? healthySinceNanos : nowNanos;
        healthy = true;
        expectedByNanos = ElectionMachine.NEVER;
    }

    /** The pause before the next one grows, unless this one was healthy for a while. */
    void broke(long nowNanos) {
        if (healthy && nowNanos - healthySinceNanos >= retryNanos) {
            backoff.reset(nowNanos);
        }
        open = false;
        healthy = false;
        expectedByNanos = ElectionMachine.NEVER;
        backoff.failed(nowNanos);
    }

    void close(List<ElectionAction> actions) {
        if (open) {
            actions.add(new ElectionAction.CloseWatch(number));
        }
        open = false;
        healthy = false;
        expectedByNanos = ElectionMachine.NEVER;
    }
}
