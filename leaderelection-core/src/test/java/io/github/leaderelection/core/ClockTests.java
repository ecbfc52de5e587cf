package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClockTests {

    @Test
    void itCountsFromWhenItWasMade() {
        HandClock time = new HandClock();
        time.advance(Duration.ofSeconds(3), () -> {});
        Clock clock = new Clock(time);
        assertEquals(0, clock.nowNanos());
        time.advance(Duration.ofNanos(7), () -> {});
        assertEquals(7, clock.nowNanos());
        assertEquals(time.wallTime(), clock.wallTime());
    }
}
