package io.github.leaderelection.cli;

import io.github.leaderelection.spi.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * One line of what {@code campaign} and {@code observe} print: {@code <unix ms> <EVENT> key=value ...}. Stable:
 * programs may be driven by it.
 *
 * <p>In a value each byte in UTF-8 of a white space, a control character or a percent sign stands as {@code %XX}, with
 * XX in hexadecimal: a line stays one line, and splitting it at spaces, then each part at its first {@code =}, takes it
 * apart.
 *
 * @param unixMillis when the line was written, on the wall clock of the writer
 * @param event what happened
 * @param fields the values by key, in the order of the line; values are not escaped here
 */
public record EventLine(long unixMillis, Event event, Map<String, String> fields) {

    /** What a line says. A reader should let pass events and keys that it does not know. */
    public enum Event {
        /** {@code id=}: campaigning begins; always the first line. */
        READY,
        /** {@code id= token=}: this candidate leads from now on. */
        STARTED,
        /** {@code id= token= reason=}: it leads no more, and its work has ended. */
        STOPPED,
        /** {@code leader=}: another leader is seen, or this one. */
        NEWLEADER,
        /** Nobody leads. */
        NOLEADER,
        /**
         * {@code id= leading= token= leader=}: the answer to {@code status}; token and leader are empty if there is
         * none.
         */
        STATUS,
        /** {@code id=}: always the last line. */
        CLOSED
    }

    /** Refuses keys that could not be read back. */
    public EventLine {
        Objects.requireNonNull(event, "event");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        for (String key : fields.keySet()) {
            if (!key.matches("[a-z][a-z-]*")) {
                throw new IllegalArgumentException("a key must be lower-case letters and dashes, but is '" + key + "'");
            }
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no event line; says what was expected
     */
    public static EventLine parse(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length < 2) {
            throw malformed(line, "expected '<unix ms> <EVENT> key=value ...'");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 2; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0) {
                throw malformed(line, "'" + parts[i] + "' has no '='");
            }
            fields.put(parts[i].substring(0, equals), unescape(line, parts[i].substring(equals + 1)));
        }
        try {
            return new EventLine(Long.parseLong(parts[0]), Event.valueOf(parts[1]), fields);
        } catch (IllegalArgumentException unreadable) {
            throw malformed(line, String.valueOf(unreadable.getMessage()));
        }
    }

    /**
     * The value of a key.
     *
     * @throws IllegalArgumentException if the line has no such key
     */
    public String field(String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no field '" + key + "' in: " + Excerpt.of(toString()));
        }
        return value;
    }

    /**
     * The token of the line.
     *
     * @throws IllegalArgumentException if the line has none, or one that is no number
     */
    public long token() {
        try {
            return Long.parseLong(field("token"));
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("the token is no number in: " + Excerpt.of(toString()), noNumber);
        }
    }

    /** The line as it is written, without its end. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        line.append(unixMillis).append(' ').append(event);
        fields.forEach((key, value) -> line.append(' ').append(key).append('=').append(escape(value)));
        return line.toString();
    }

    private static String escape(String value) {
        StringBuilder escaped = new StringBuilder();
        value.codePoints().forEach(character -> {
            if (isPlain(character)) {
                escaped.appendCodePoint(character);
            } else {
                for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    escaped.append(String.format(Locale.ROOT, "%%%02X", octet));
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isPlain(int character) {
        return character != '%'
                && !Character.isWhitespace(character)
                && !Character.isSpaceChar(character)
                && !Character.isISOControl(character);
    }

    private static String unescape(String line, String escaped) {
        if (escaped.indexOf('%') < 0) {
            return escaped;
        }
        byte[] from = escaped.getBytes(StandardCharsets.UTF_8);
        byte[] octets = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            if (from[i] != '%') {
                octets[length++] = from[i];
                continue;
            }
            int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
            int low = i + 2 < from.length ? Character.digit(from[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw malformed(line, "a '%' must be followed by two hexadecimal digits");
            }
            octets[length++] = (byte) (high * 16 + low);
            i += 2;
        }
        return new String(octets, 0, length, StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException malformed(String line, String why) {
        return new IllegalArgumentException(
                "not an event line: " + Excerpt.of(why) + "; the line: '" + Excerpt.of(line) + "'");
    }
}
