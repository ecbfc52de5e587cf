package io.github.leaderelection.spi;

import java.util.Objects;

/**
 * A key of the settings that a lock understands.
 *
 * @param name without the prefix {@code leaderelection.<lock>.}, in lower case with dashes, for example
 *     {@code tls-directory}
 * @param secret whether its value must never be shown
 * @param description one line for messages, with the unit and the default
 */
public record SettingKey(String name, boolean secret, String description) {

    /** Refuses null and the empty name. */
    public SettingKey {
        Objects.requireNonNull(description, "description");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name must not be empty");
        }
    }

    /** A key whose value may be shown. */
    public static SettingKey of(String name, String description) {
        return new SettingKey(name, false, description);
    }

    /** A key whose value is never shown. */
    public static SettingKey secret(String name, String description) {
        return new SettingKey(name, true, description);
    }
}
