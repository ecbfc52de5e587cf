package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import java.nio.charset.StandardCharsets;

/** Any line where an event line should be. */
class EventLineFuzzTests {

    @FuzzTest
    void aLineIsReadAndWrittenAsTheSameOrRefused(byte[] bytes) {
        String line = new String(bytes, StandardCharsets.UTF_8);
        Refusal.orRead(IllegalArgumentException.class, () -> EventLine.parse(line))
                .ifPresent(event -> {
                    assertEquals(event, EventLine.parse(event.toString()));
                    Refusal.orRead(IllegalArgumentException.class, event::token);
                });
    }
}
