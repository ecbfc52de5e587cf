package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/**
 * How long something took, each time it was done. Single figures say little on a machine that does other work as well, so that
 * only the median is held to a bound.
 *
 * @param what what took so long, for people
 * @param millis one for each time
 */
record Figures(String what, List<Long> millis) {

    Figures {
        millis = List.copyOf(millis);
    }

    long medianMillis() {
        return millis.stream().sorted().toList().get(millis.size() / 2);
    }

    /** Prints them, and holds the median to a bound. */
    void assertMedianBelow(long boundMillis) {
        System.out.println(this);
        assertTrue(medianMillis() < boundMillis, () -> "expected a median below " + boundMillis + " ms: " + this);
    }

    @Override
    public String toString() {
        return what + ": " + millis + " ms, median " + medianMillis() + " ms";
    }
}
