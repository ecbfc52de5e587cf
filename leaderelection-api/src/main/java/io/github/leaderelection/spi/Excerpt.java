package io.github.leaderelection.spi;

import java.util.Locale;

/** What a message shows of a text that came from outside. */
public final class Excerpt {

    private static final int CHARS_MAX = 100;

    private Excerpt() {}

    /**
     * The beginning of a text, at most 100 characters of it, on one line and harmless to a terminal: control characters and
     * what else is not seen stand as {@code \\uXXXX}. Not for what may be secret.
     */
    public static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), CHARS_MAX); i++) {
            char c = text.charAt(i);
            out.append(isHarmless(c) ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return text.length() > CHARS_MAX ? out + "..." : out.toString();
    }

    private static boolean isHarmless(char c) {
        int type = Character.getType(c);
        return !Character.isISOControl(c)
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.SURROGATE;
    }
}
