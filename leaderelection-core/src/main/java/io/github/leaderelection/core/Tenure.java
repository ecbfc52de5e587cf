package io.github.leaderelection.core;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.LeadershipLostException;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One tenure, as the user sees it and as the runtime ends it. {@code validUntil} is written by the loop and read by any
 * thread; whoever finds it passed makes that final, so a tenure that was seen invalid never turns valid again, not even if
 * a renewal comes in at that very moment.
 */
final class Tenure implements Leadership {

    private static final long ENDED = Long.MIN_VALUE;

    private final String election;
    private final String identity;
    private final long number;
    private final long token;
    private final long renewNanos;
    private final Clock clock;
    /** And the monitor of what is guarded here, which is not this object: users may hold that for as long as they like. */
    private final AtomicLong validUntilNanos;

    private volatile long lastSentNanos;
    private volatile @Nullable RevocationReason reason;

    private volatile boolean quiet;

    // Guarded by the monitor.
    private List<Runnable> revocationActions = List.of();
    private boolean actionsTaken;
    private @Nullable Thread worker;
    private boolean workerInterrupted;
    private boolean workStarted;
    private boolean workOver;
    private @Nullable CompletableFuture<Void> workReturned; // made when somebody waits for it
    private @Nullable Subscription startCheck;

    Tenure(String election, String identity, long number, long token, long validUntil, long renewNanos, Clock clock) {
        this.election = election;
        this.identity = identity;
        this.number = number;
        this.token = token;
        this.renewNanos = renewNanos;
        this.clock = clock;
        validUntilNanos = new AtomicLong(validUntil);
        lastSentNanos = validUntil - renewNanos;
    }

    long number() {
        return number;
    }

    /** When the last successful renewal was sent. */
    long lastSentNanos() {
        return lastSentNanos;
    }

    @Override
    public String election() {
        return election;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    @Override
    public void checkValid() {
        if (!isValid()) {
            RevocationReason known = reason;
            throw new LeadershipLostException("the tenure of " + identity + " in the election " + election
                    + " with token " + token + " has ended"
                    + (known == null ? ": it was not renewed in time" : ": " + known)
                    + "; stop acting as the leader");
        }
    }

    private long remainingNanos() {
        while (true) {
            long until = validUntilNanos.get();
            if (until == ENDED) {
                return 0;
            }
            long remaining = until - clock.nowNanos();
            if (remaining > 0) {
                return remaining;
            }
            if (validUntilNanos.compareAndSet(until, ENDED)) {
                return 0;
            }
        }
    }

    /** Takes in a renewal; false if the tenure was revoked, or seen to have ended, before. */
    boolean extend(long newValidUntilNanos) {
        lastSentNanos = newValidUntilNanos - renewNanos;
        if (remainingNanos() == 0) {
            return false;
        }
        long until = validUntilNanos.get();
        return until != ENDED && validUntilNanos.compareAndSet(until, newValidUntilNanos);
    }

    /** Ends the tenure for all who ask, and interrupts the leader's work; if that has not begun, it never will. */
    void revoke(RevocationReason why) {
        reason = why;
        validUntilNanos.set(ENDED); // from here on no work begins: what workStarted() says now, it says for good
        synchronized (validUntilNanos) {
            cancelStartCheck();
            Thread working = worker;
            if (working != null && !workerInterrupted) {
                workerInterrupted = true;
                working.interrupt();
            }
        }
    }

    /** Has {@code check} cancelled when the work starts, or will not start any more. */
    void watchStart(Subscription check) {
        synchronized (validUntilNanos) {
            startCheck = check;
        }
    }

    /** Whether {@code onStartedLeading} was called, or is just about to be. */
    boolean workStarted() {
        synchronized (validUntilNanos) {
            return workStarted;
        }
    }

    private void cancelStartCheck() {
        if (startCheck != null) {
            startCheck.close();
            startCheck = null;
        }
    }

    /**
     * Says that the current thread is about to do the leader's work, and may be interrupted from here on. False if it must
     * not, because the tenure has ended: its stop may have been called, or spared (I8).
     */
    boolean workBegins() {
        synchronized (validUntilNanos) {
            if (!isValid()) {
                return false;
            }
            workStarted = true;
            cancelStartCheck();
            worker = Thread.currentThread();
            return true;
        }
    }

    /** Says that it does so no longer; an interrupt that was meant for the work does not outlive it. */
    void workEnds() {
        synchronized (validUntilNanos) {
            worker = null;
            Thread.interrupted();
        }
    }

    /** Says that {@code onStartedLeading} has returned, or will not be called any more. */
    void workIsOver() {
        CompletableFuture<Void> awaited;
        synchronized (validUntilNanos) {
            workOver = true;
            awaited = workReturned;
        }
        if (awaited != null) {
            awaited.complete(null);
        }
    }

    /** Completed when the work is over. */
    CompletableFuture<Void> workReturned() {
        synchronized (validUntilNanos) {
            if (workReturned == null) {
                workReturned = workOver ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
            }
            return workReturned;
        }
    }

    /** Says that the work has returned and {@code onStoppedLeading} has, too. */
    void becomesQuiet() {
        quiet = true;
    }

    boolean isQuiet() {
        return quiet;
    }

    @Override
    public void onRevoked(Runnable action) {
        synchronized (validUntilNanos) {
            if (!actionsTaken) {
                if (revocationActions.isEmpty()) {
                    revocationActions = new ArrayList<>(1);
                }
                revocationActions.add(action);
                return;
            }
        }
        action.run();
    }

    /** The actions to run now that the tenure is revoked; later ones run at once. */
    List<Runnable> takeRevocationActions() {
        synchronized (validUntilNanos) {
            actionsTaken = true;
            return List.copyOf(revocationActions);
        }
    }

    @Override
    public Optional<RevocationReason> revocationReason() {
        return Optional.ofNullable(reason);
    }

    @Override
    public String toString() {
        return "Leadership[election=" + election + ", identity=" + identity + ", token=" + token + ", "
                + (isValid() ? "valid" : "ended" + (reason == null ? "" : " " + reason)) + "]";
    }
}
