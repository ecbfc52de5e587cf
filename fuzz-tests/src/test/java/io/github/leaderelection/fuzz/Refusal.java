package io.github.leaderelection.fuzz;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What may become of an input: it is read, or it is refused in words that are short, harmless and give nothing away. */
public final class Refusal {

    /** What a target puts where a secret stands. Inputs that hold it themselves say nothing: let them pass. */
    public static final String SECRET = "S3cr3tW0rd";

    /** Room for what was expected, an excerpt of what came, and the list of known keys; not for all that came. */
    private static final int MESSAGE_CHARS_MAX = 3_000;

    /** Of the processor, not of the clock, and a thousand times what an input takes. */
    private static final long CPU_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private Refusal() {}

    /** What was read; empty if it was refused with a {@code kind}. Anything else that is thrown is a finding. */
    public static <T> Optional<T> orRead(Class<? extends RuntimeException> kind, Supplier<T> reading) {
        long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try {
            return Optional.of(reading.get());
        } catch (RuntimeException thrown) {
            if (!kind.isInstance(thrown)) {
                throw thrown;
            }
            checkText(String.valueOf(thrown.getMessage()));
            return Optional.empty();
        } finally {
            long taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun;
            if (taken > CPU_NANOS_MAX) {
                throw new AssertionError("it took " + TimeUnit.NANOSECONDS.toMillis(taken) + " ms of processor time");
            }
        }
    }

    /** As {@link #orRead}, of something that holds {@link #SECRET}, which no message may tell, nor that of a cause. */
    public static <T> Optional<T> orReadSecretly(Class<? extends RuntimeException> kind, Supplier<T> reading) {
        return orRead(kind, () -> {
            try {
                return reading.get();
            } catch (RuntimeException thrown) {
                requireSilent(thrown);
                throw thrown;
            }
        });
    }

    private static void requireSilent(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(SECRET)) {
                throw new AssertionError("what is secret is told", thrown);
            }
        }
    }

    /** Holds a text to be fit for one line of a log. */
    public static void checkText(String text) {
        if (text.isBlank() || text.equals("null")) {
            throw new AssertionError("a refusal without words");
        }
        if (text.length() > MESSAGE_CHARS_MAX) {
            throw new AssertionError("a message of " + text.length() + " characters: " + text.substring(0, 200));
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("a message with control characters: " + text);
        }
    }
}
