package io.github.leaderelection.cli;

import io.github.leaderelection.spi.LockSettings;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations as the settings do: 500ms, 15s, 2m, 1h, PT15S. */
final class DurationConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String value) {
        try {
            return LockSettings.parseDuration(value);
        } catch (IllegalArgumentException unparsable) {
            throw new TypeConversionException(String.valueOf(unparsable.getMessage()));
        }
    }
}
