package io.github.leaderelection.lock.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an API server answered. An answer other than success has a {@code Status} as its body, if it comes from the API server
 * and not from something in front of it.
 *
 * @param code the HTTP status code
 * @param body what came with it
 */
record Reply(int code, byte[] body) {

    static final int CONFLICT = 409;
    static final int GONE = 410;
    static final int NOT_FOUND = 404;
    static final int TOO_MANY_REQUESTS = 429;
    private static final int TEXT_CHARS_MAX = 300;

    boolean isSuccess() {
        return code >= 200 && code < 300;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as a JSON object; empty if it is none. */
    Optional<JsonObject> json() {
        try {
            JsonElement element = JsonParser.parseString(text());
            return element instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (JsonParseException notJson) {
            return Optional.empty();
        }
    }

    /** The machine-readable reason in a {@code Status}, for example {@code AlreadyExists}; empty if there is none. */
    String reason() {
        return json().flatMap(status -> string(status, "reason")).orElse("");
    }

    /** Of which resource the object of a {@code Status} is, for example {@code leases}; empty if it does not say. */
    String resource() {
        return json().map(status -> status.get("details"))
                .flatMap(details -> details instanceof JsonObject object ? string(object, "kind") : Optional.empty())
                .orElse("");
    }

    /** Whether a {@code Status} names this among its causes. */
    boolean hasCause(String cause) {
        return text().contains("\"reason\":\"" + cause + "\"");
    }

    /** What it says, for people: the message of a {@code Status}, or the beginning of whatever came. */
    String message() {
        String text = json().flatMap(status -> string(status, "message"))
                .orElseGet(this::text)
                .strip()
                .replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ");
        return text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) + "..." : text;
    }

    private static Optional<String> string(JsonObject object, String field) {
        return object.get(field) instanceof JsonPrimitive text && text.isString()
                ? Optional.of(text.getAsString())
                : Optional.empty();
    }
}
