package io.github.leaderelection.lock.inmemory;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * One way for a request to go wrong; {@link InMemoryFaults} says whose requests, and how many. A value. Hits requests of
 * every kind unless it is narrowed by {@link #onReads()}, {@link #onWrites()}, {@link #onWatches()}, {@link #onSessions()} or
 * {@link #onKeepAlives()}.
 */
public final class InMemoryFault {

    enum Kind {
        REFUSE,
        DENY,
        DELAY,
        LOSE_REQUEST,
        LOSE_REPLY,
        SWALLOW_REPLY
    }

    enum Call {
        READ,
        WRITE,
        WATCH,
        /** Opening and ending one. */
        SESSION,
        KEEP_ALIVE
    }

    private final Kind kind;
    private final Duration delay;
    private final Set<Call> calls;

    private InMemoryFault(Kind kind, Duration delay, Set<Call> calls) {
        this.kind = kind;
        this.delay = delay;
        this.calls = calls;
    }

    private static InMemoryFault of(Kind kind) {
        return new InMemoryFault(kind, Duration.ZERO, EnumSet.allOf(Call.class));
    }

    /** Not applied, and fails with {@link io.github.leaderelection.spi.LockUnavailableException}; a watch breaks with it. */
    public static InMemoryFault refuse() {
        return of(Kind.REFUSE);
    }

    /** Not applied, and fails with {@link io.github.leaderelection.spi.LockDeniedException}; a watch breaks with it. */
    public static InMemoryFault deny() {
        return of(Kind.DENY);
    }

    /**
     * Answered late: the request reaches the space after half of {@code delay}, even if the lock is closed by then, and the
     * reply takes the other half, both on the {@link io.github.leaderelection.spi.TimeSource} of the space. Leaves watches
     * alone.
     *
     * @throws IllegalArgumentException if {@code delay} is not positive
     */
    public static InMemoryFault delay(Duration delay) {
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("delay must be positive, but is " + delay);
        }
        return new InMemoryFault(Kind.DELAY, delay, EnumSet.complementOf(EnumSet.of(Call.WATCH)));
    }

    /**
     * Never applied and never answered: it is under way until the lock is closed, and for good if it is about a session, which
     * belongs to no lock alone. A watch stays silent until healed.
     */
    public static InMemoryFault loseRequest() {
        return of(Kind.LOSE_REQUEST);
    }

    /**
     * Applied, but the caller is not told how it went: a write, and what is asked of a session, fails with
     * {@link io.github.leaderelection.spi.LockIndeterminateException}, a read with
     * {@link io.github.leaderelection.spi.LockUnavailableException}. A watch stays silent until healed.
     */
    public static InMemoryFault loseReply() {
        return of(Kind.LOSE_REPLY);
    }

    /** Applied, but never answered: it is under way as with {@link #loseRequest()}. A watch stays silent until healed. */
    public static InMemoryFault swallowReply() {
        return of(Kind.SWALLOW_REPLY);
    }

    /** The same, but for reads alone. */
    public InMemoryFault onReads() {
        return new InMemoryFault(kind, delay, EnumSet.of(Call.READ));
    }

    /** The same, but for creates and updates alone. */
    public InMemoryFault onWrites() {
        return new InMemoryFault(kind, delay, EnumSet.of(Call.WRITE));
    }

    /** The same, but for the opening, keeping alive and ending of sessions alone. */
    public InMemoryFault onSessions() {
        return new InMemoryFault(kind, delay, EnumSet.of(Call.SESSION, Call.KEEP_ALIVE));
    }

    /** The same, but for the keeping alive of sessions alone. */
    public InMemoryFault onKeepAlives() {
        return new InMemoryFault(kind, delay, EnumSet.of(Call.KEEP_ALIVE));
    }

    /**
     * The same, but for watches alone, when they are opened.
     *
     * @throws IllegalStateException if this is a delay, which a watch cannot have
     */
    public InMemoryFault onWatches() {
        if (kind == Kind.DELAY) {
            throw new IllegalStateException(
                    "a watch cannot be delayed: silence it with InMemoryFaults.silenceWatches()");
        }
        return new InMemoryFault(kind, delay, EnumSet.of(Call.WATCH));
    }

    Kind kind() {
        return kind;
    }

    Duration delay() {
        return delay;
    }

    boolean hits(Call call) {
        return calls.contains(call);
    }

    @Override
    public String toString() {
        return "InMemoryFault[" + kind + (delay.isZero() ? "" : " " + delay) + " on " + calls + "]";
    }
}
