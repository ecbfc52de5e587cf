package io.github.leaderelection.core.machine;

import io.github.leaderelection.spi.LockVersion;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one watch open where the lock can watch. A watch is healthy once it has shown the state it starts from. One that
 * ends, fails, or stays silent is opened anew, with a pause that grows.
 */
final class WatchKeeper {

    private final MachineSettings settings;
    private final RandomGenerator random;
    private @Nullable Backoff backoff; // from when a watch first broke
    private long number;
    private boolean open;
    private boolean healthy;
    private long healthySinceNanos;
    /** By when an open watch has to show something. */
    private long expectedByNanos = ElectionMachine.NEVER;

    /** A version, or what was shown in the place of one: the record is not kept for this. */
    private @Nullable Object lastShown;

    WatchKeeper(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
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
        if (!settings.canWatch()) {
            return ElectionMachine.NEVER;
        }
        if (backoff != null && nowNanos < backoff.notBeforeNanos()) {
            return backoff.notBeforeNanos();
        }
        open = true;
        number++;
        actions.add(new ElectionAction.OpenWatch(number));
        expectedByNanos = nowNanos + 2 * settings.callNanos();
        return expectedByNanos;
    }

    /**
     * A read has found this, which a healthy watch has shown, should have shown some time ago, or shows any moment now. That
     * is given half the time of an opening, so that one that is silent is replaced inside the lease.
     */
    void expectShown(Seen seen, long nowNanos) {
        if (healthy && !keyOf(seen).equals(lastShown)) {
            expectedByNanos = Math.min(expectedByNanos, nowNanos + settings.callNanos());
        }
    }

    boolean isCurrent(long watch) {
        return open && watch == number;
    }

    boolean isHealthy() {
        return healthy;
    }

    void heard(Seen seen, long nowNanos) {
        lastShown = keyOf(seen);
        healthySinceNanos = healthy ? healthySinceNanos : nowNanos;
        healthy = true;
        expectedByNanos = ElectionMachine.NEVER;
    }

    /** What is known by now: a version that was shown as well is kept once and not twice, with all that is in it. */
    void share(@Nullable LockVersion known) {
        if (known != null && known.equals(lastShown)) {
            lastShown = known;
        }
    }

    private static Object keyOf(Seen seen) {
        return seen instanceof Seen.Present present ? present.snapshot().version() : seen;
    }

    /** The pause before the next one grows, unless this one was healthy for a while. */
    void broke(long nowNanos) {
        boolean wasGood = healthy && nowNanos - healthySinceNanos >= settings.retryNanos();
        if (backoff == null || wasGood) {
            backoff = new Backoff(settings, random);
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
