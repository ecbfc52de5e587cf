package io.github.leaderelection.conformance;

import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * What the suite needs to try a lock: a backend to open locks on, and hands to break it.
 *
 * <p>Only {@link #open}, {@link #delete} and {@link #close} must be there. Every other method stands for something that not
 * every backend lets one do. Left alone, or ended with {@link Assumptions#abort(String)} and a better reason, it makes the
 * tests that need it show as skipped with that reason. Identities may be any text; the names of elections are chosen by
 * the suite from {@code [a-z0-9-]}, and each test has its own.
 */
public interface LockHarness extends AutoCloseable {

    /** A lock on a backend that works. The suite closes it. */
    ResourceLock open(String election, String identity);

    /** Deletes the record behind the back of every lock, and whatever else stands in its place; harmless if none is. */
    void delete(String election) throws Exception;

    /**
     * Puts something in the place of the record that is no record, whether or not there is one. Where the store permits, what
     * was the version of the record stays as it was: that alone must not make it one.
     */
    default void corrupt(String election) throws Exception {
        Assumptions.abort("this harness cannot put anything but a record in the place of a record");
    }

    /**
     * A lock whose backend cannot be reached: its reads fail with
     * {@link io.github.leaderelection.spi.LockUnavailableException}, and its writes are not applied.
     */
    default ResourceLock openUnavailable(String election, String identity) {
        return Assumptions.abort("this harness has no backend that cannot be reached");
    }

    /** A lock that has the right neither to read nor to write. */
    default ResourceLock openDenied(String election, String identity) {
        return Assumptions.abort("this harness has no lock without rights");
    }

    /** A lock whose requests reach nobody and get no answer, for longer than {@link #patience()}. */
    default ResourceLock openUnanswered(String election, String identity) {
        return Assumptions.abort("this harness cannot swallow requests");
    }

    /** A lock whose writes are applied while their replies are lost. */
    default ResourceLock openLosingReplies(String election, String identity) {
        return Assumptions.abort("this harness cannot lose the reply to a write that was applied");
    }

    /** Breaks, once, whatever connection the watches of that lock run on; the backend works on. */
    default void cutWatches(ResourceLock lock) throws Exception {
        Assumptions.abort("this harness cannot cut the watch of a lock");
    }

    /** A lock that is of one client with {@code lock}, which {@link #open} has opened, and so has the same sessions. */
    default ResourceLock openOfSameClient(ResourceLock lock, String election) {
        return Assumptions.abort("this harness opens no two locks of one client");
    }

    /**
     * The lease of the sessions that the suite opens, if locks have sessions: one that the backend can keep, and as short as can
     * be without sessions that end because a thread was held up; some tests wait for its end. Two seconds by default.
     */
    default Duration sessionLease() {
        return Duration.ofSeconds(2);
    }

    /** How users open this lock by settings. */
    default ProviderSettings providerSettings() {
        return Assumptions.abort("this harness names no provider");
    }

    /** How many rounds a race runs; a few hundred unless the backend is too slow for that. */
    default int raceRounds() {
        return 300;
    }

    /** How long the suite waits for an answer, or for a watch to tell something, before it takes the test as failed. */
    default Duration patience() {
        return Duration.ofSeconds(30);
    }

    /** Ends the backend. Called once, after the last test. */
    @Override
    void close();
}
