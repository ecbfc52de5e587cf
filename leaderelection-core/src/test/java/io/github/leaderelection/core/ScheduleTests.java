package io.github.leaderelection.core;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each schedule as the machine happens to interleave it; {@code scripts/schedules} goes through the ways in which it might. */
class ScheduleTests {

    private static final int ROUNDS = 100;

    @ParameterizedTest
    @EnumSource
    void theScheduleHolds(Schedule schedule) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int round = 0; round < ROUNDS; round++) {
                schedule.run();
            }
        });
    }
}
