package io.github.leaderelection.lock.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTests {

    private long now;

    private static List<Long> plans(Pace pace, int count) {
        return IntStream.range(0, count).mapToObj(i -> pace.plan()).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 123_456, Long.MAX_VALUE - 15, Long.MIN_VALUE})
    void someMayBeginAtOnceAndTheOthersAtEvenIntervals(long start) {
        now = start;
        Pace pace = new Pace(3, 10, () -> now);
        assertEquals(List.of(0L, 0L, 0L, 10L, 20L, 30L), plans(pace, 6));
        now += 25;
        assertEquals(List.of(15L, 25L), plans(pace, 2));
    }

    @Test
    void whatWasNotBegunIsMadeUpForButNotMoreThanMayBeginAtOnce() {
        Pace pace = new Pace(3, 10, () -> now);
        plans(pace, 5); // as if the fifth were begun at 20
        now = 45;
        assertEquals(List.of(0L, 0L, 5L), plans(pace, 3));
        now = 1000;
        assertEquals(List.of(0L, 0L, 0L, 10L), plans(pace, 4));
    }
}
