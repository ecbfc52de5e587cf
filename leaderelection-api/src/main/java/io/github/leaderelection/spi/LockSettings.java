package io.github.leaderelection.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of one lock, as its provider sees them: the keys stand without {@code leaderelection.<lock>.}, and a value
 * that does not parse as a duration or path is refused with the full key in the message. {@link #toString} shows no values,
 * because they may be secret.
 */
public final class LockSettings {

    /** The longest name of an election, and the longest identity: 1024 characters; a path or a host's name has fewer. */
    private static final int NAME_CHARS_MAX = 1024;

    /** The longest value: 65536 characters, some times a long token or a long list of endpoints. */
    private static final int VALUE_CHARS_MAX = 1 << 16;

    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h)");

    private final String lock;
    private final String name;
    private final String identity;
    private final Map<String, String> values;

    /**
     * Settings for the lock {@code lock}.
     *
     * @param lock the name of the kind of lock, which stands in the full keys
     * @param name the name of the election; not blank, at most 1024 characters
     * @param identity the identity of the candidate; not blank, at most 1024 characters
     * @param values by key without prefix; at most 65536 characters each
     * @throws IllegalArgumentException if one is blank or too long
     */
    public LockSettings(String lock, String name, String identity, Map<String, String> values) {
        this.lock = Objects.requireNonNull(lock, "lock");
        this.name = requireText("leaderelection.name", name);
        this.identity = requireText("leaderelection.identity", identity);
        this.values = Map.copyOf(values);
        this.values.forEach((key, value) -> requireShort(fullKey(key), value, VALUE_CHARS_MAX));
    }

    private static void requireShort(String key, String text, int charsMax) {
        if (text.length() > charsMax) {
            throw new IllegalArgumentException(
                    key + " must have at most " + charsMax + " characters, but has " + text.length());
        }
    }

    private static String requireText(String key, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(key + " must not be blank");
        }
        requireShort(key, text, NAME_CHARS_MAX);
        return text;
    }

    /** The name of the election. */
    public String name() {
        return name;
    }

    /** The identity of the candidate. */
    public String identity() {
        return identity;
    }

    /** The value of a key, if it is given; a blank value counts as given only if it is not empty. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    /**
     * The value of a key that must be given.
     *
     * @throws IllegalArgumentException if it is not
     */
    public String require(String key) {
        return get(key).orElseThrow(() -> new IllegalArgumentException(
                fullKey(key) + " is missing: the lock '" + lock + "' needs it; add it to the settings"));
    }

    /** The elements of a comma-separated list, trimmed; empty if the key is not given. */
    public List<String> list(String key) {
        return get(key).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(String::trim)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    /**
     * A duration, written as {@code 500ms}, {@code 15s}, {@code 2m}, {@code 1h} or in ISO 8601.
     *
     * @throws IllegalArgumentException if the value is no such thing, or is not positive
     */
    public Optional<Duration> duration(String key) {
        return get(key).map(value -> {
            Duration duration;
            try {
                duration = parseDuration(value);
            } catch (IllegalArgumentException unparsable) {
                throw new IllegalArgumentException(fullKey(key) + ": " + unparsable.getMessage(), unparsable);
            }
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(fullKey(key) + " must be positive, but is " + Excerpt.of(value));
            }
            return duration;
        });
    }

    /**
     * A path.
     *
     * @throws IllegalArgumentException if the value cannot be one
     */
    public Optional<Path> path(String key) {
        return get(key).map(value -> {
            try {
                return Path.of(value);
            } catch (InvalidPathException unparsable) {
                throw new IllegalArgumentException(
                        fullKey(key) + ": '" + Excerpt.of(value) + "' is not a path: " + unparsable.getReason(),
                        unparsable);
            }
        });
    }

    /** The key as users write it, for messages. */
    public String fullKey(String key) {
        return "leaderelection." + lock + "." + key;
    }

    /**
     * Reads a duration as people write it: {@code 500ms}, {@code 15s}, {@code 2m}, {@code 1h}, or ISO 8601 as in
     * {@code PT15S}.
     *
     * @throws IllegalArgumentException if the text is no such thing
     */
    public static Duration parseDuration(String text) {
        Matcher matcher = SHORT_DURATION.matcher(text.trim());
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        try {
            return Duration.parse(text.trim());
        } catch (DateTimeParseException unparsable) {
            throw new IllegalArgumentException(
                    "'" + Excerpt.of(text) + "' is not a duration: write for example 500ms, 15s, 2m or PT15S",
                    unparsable);
        }
    }

    @Override
    public String toString() {
        return "LockSettings[lock=" + lock + ", name=" + name + ", identity=" + identity + ", keys="
                + values.keySet().stream().sorted().toList() + "]";
    }
}
