package io.github.leaderelection.core.machine;

import java.util.random.RandomGenerator;

/**
 * How long a candidate holds back when the record becomes free. Of many candidates that all write at once, one succeeds and the
 * others cost the backend a failed write each. Nobody knows how many there are; but one of a few wins now and then. So whoever
 * lost its last race draws a pause out of a quarter of the retry period before the next one, and whoever lost its last two or more out of
 * a whole one. (Who has not seen anybody lead yet may have started at the same moment as all others, and learns nothing from that.) Most of a crowd are then shown who leads before their pause is over. Those who led of late do not pause at all, so that
 * a handoff among few, or among a few of many, is as quick as it can be.
 */
final class Stagger {

    private final MachineSettings settings;
    private final RandomGenerator random;
    /** Somebody led since this candidate began. */
    private boolean stoodBy;

    private int losses;
    private long pauseNanos;

    Stagger(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /**
     * Another record stands there, or none: the next race is for that.
     *
     * @param held whether somebody holds it
     */
    void draw(boolean held) {
        stoodBy |= held;
        long window = windowNanos();
        pauseNanos = window == 0 ? 0 : (long) (random.nextDouble() * window);
    }

    private long windowNanos() {
        return switch (losses) {
            case 0 -> 0;
            case 1 -> settings.staggerNanos() / 4;
            default -> settings.staggerNanos();
        };
    }

    /** The pause after the record has become free. */
    long pauseNanos() {
        return pauseNanos;
    }

    void lost() {
        if (stoodBy) {
            losses++;
        }
    }

    void won() {
        losses = 0;
        pauseNanos = 0;
    }
}
