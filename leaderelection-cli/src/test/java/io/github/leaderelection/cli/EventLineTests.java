package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLineTests {

    @Test
    void aRefusalShowsTheBeginningOfALineAndNoControlCharacters() {
        for (String line : new String[] {"1\u001b[31m READY", "x".repeat(100_000), "1 " + "\r".repeat(100_000)}) {
            String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> EventLine.parse(line))
                    .getMessage());
            assertTrue(message.length() < 2000, message);
            assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        }
    }

    @Test
    void aLineIsTimeEventAndFieldsInTheirOrder() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", "a");
        fields.put("token", "17");
        fields.put("reason", "stepped_down");

        EventLine line = new EventLine(1_700_000_000_123L, Event.STOPPED, fields);

        assertEquals("1700000000123 STOPPED id=a token=17 reason=stepped_down", line.toString());
        assertEquals(17, line.token());
    }

    @Test
    void aLineWithoutFieldsEndsWithItsEvent() {
        assertEquals("5 NOLEADER", new EventLine(5, Event.NOLEADER, Map.of()).toString());
        assertEquals(new EventLine(5, Event.NOLEADER, Map.of()), EventLine.parse("5 NOLEADER"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "100%",
                "%20",
                "line\nbreak\r\tand tab",
                "a=b=c",
                "\u0000\u001b[31m\u007f\u0085",
                "\u00a0\u2028\u2029\u3000",
                "Zo\u00eb \ud83d\ude00",
                "host_0f3e-\"quoted\""
            })
    void anyValueStaysOnOneLineAndReadsBackAsItWas(String value) {
        EventLine line = new EventLine(1, Event.NEWLEADER, Map.of("leader", value));

        assertEquals(1, line.toString().lines().count());
        assertEquals(3, line.toString().split("\\s", -1).length);
        assertEquals(line, EventLine.parse(line.toString()));
    }

    @Test
    void escapesAreBytesInUtf8() {
        EventLine line = new EventLine(1, Event.NEWLEADER, Map.of("leader", "a b%\u2028"));

        assertEquals("1 NEWLEADER leader=a%20b%25%E2%80%A8", line.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "READY id=a",
                "12",
                "x READY id=a",
                "12 NOSUCHEVENT id=a",
                "12 READY id",
                "12 READY  id=a",
                "12 READY id=%",
                "12 READY id=%2",
                "12 READY id=%zz",
                "12 READY ID=a"
            })
    void whatIsNoEventLineIsRefusedWithTheLine(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> EventLine.parse(text));

        assertTrue(String.valueOf(refused.getMessage()).contains("'" + text + "'"), refused.getMessage());
    }

    @Test
    void anEscapeMayEndALine() {
        assertEquals("a%", EventLine.parse("12 READY id=a%25").field("id"));
    }

    @Test
    void aMissingFieldIsNamed() {
        EventLine line = EventLine.parse("12 READY id=a");

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, line::token);

        assertEquals("no field 'token' in: 12 READY id=a", refused.getMessage());
        assertEquals(List.of("id"), List.copyOf(line.fields().keySet()));
    }
}
