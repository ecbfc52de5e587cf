package io.github.leaderelection.lock.support;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes to JSON trees and back: strict when it reads, and letter for letter as Go's {@code encoding/json} when it writes. */
final class JsonText {

    /**
     * How deep a document may be nested. A Lease with managed fields is about ten deep; the bound keeps a hostile document
     * off the stack.
     */
    static final int NESTING_MAX = 64;

    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private JsonText() {}

    /**
     * Reads exactly one JSON value. Numbers keep their letters.
     *
     * @throws IOException if the bytes are not UTF-8 or not one JSON value
     * @throws JsonParseException if the value is not JSON
     */
    static JsonElement parse(byte[] bytes) throws IOException {
        String text = decodeUtf8(bytes);
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(NESTING_MAX);
        JsonElement element = GSON.getAdapter(JsonElement.class).read(reader);
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new IOException("something follows the document");
        }
        return element;
    }

    /** What is not UTF-8 is replaced by something that is, and so does not become the same bytes again. */
    private static String decodeUtf8(byte[] bytes) throws CharacterCodingException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new MalformedInputException(bytes.length);
        }
        return text;
    }

    /**
     * Writes a tree on one line. Go escapes {@code <}, {@code >} and {@code &} but not {@code '} and {@code =}, where Gson
     * escapes all five or none; none of them occurs in JSON outside of strings, so they can be replaced in the text.
     *
     * @throws CharacterCodingException if a string holds half a surrogate pair, which no reader would take
     */
    static byte[] print(JsonElement element) throws CharacterCodingException {
        String text = GSON.toJson(element)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
            throw new MalformedInputException(bytes.length);
        }
        return bytes;
    }
}
