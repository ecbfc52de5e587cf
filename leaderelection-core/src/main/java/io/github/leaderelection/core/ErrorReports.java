package io.github.leaderelection.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of trouble once, and again only when it has changed or passed where it came from: that reads succeed says nothing
 * about writes. What two sources tell alike is told once. Called by the loop only.
 */
final class ErrorReports {

    /** Where trouble comes from. */
    enum Source {
        READ,
        WRITE,
        WATCH,
        /** The session of this client. */
        SESSION,
        /** A note for users of the backend. */
        EVENT,
        /** A metric of the user's. */
        METRIC,
        /** The machine. */
        ENGINE
    }

    private static final Logger LOGGER = System.getLogger("io.github.leaderelection");

    private final String elector;
    private final Consumer<Throwable> listener;
    private final Map<Source, String> last = new EnumMap<>(Source.class);

    ErrorReports(String elector, Consumer<Throwable> listener) {
        this.elector = elector;
        this.listener = listener;
    }

    void report(Source source, Throwable trouble) {
        String text = trouble.toString();
        boolean known = last.containsValue(text);
        last.put(source, text);
        if (known) {
            return;
        }
        LOGGER.log(Level.WARNING, () -> elector + ": " + text);
        LOGGER.log(Level.DEBUG, elector, trouble);
        listener.accept(trouble);
    }

    /** What came from there has passed. */
    void passed(Source source) {
        last.remove(source);
    }

    void trace(String what) {
        LOGGER.log(Level.DEBUG, () -> elector + ": " + what);
    }

    /** Said on whatever thread a callback threw. */
    static void logThrown(String elector, Throwable thrown) {
        LOGGER.log(Level.ERROR, elector + ": a callback threw " + thrown, thrown);
    }
}
