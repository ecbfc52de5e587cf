package io.github.leaderelection.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;

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

    private final String election;
    private final String identity;
    private final CallbackLane lane;
    private Map<Source, String> last = Map.of(); // made when there is something to note: nearly never

    ErrorReports(String election, String identity, CallbackLane lane) {
        this.election = election;
        this.identity = identity;
        this.lane = lane;
    }

    void report(Source source, Throwable trouble) {
        String text = trouble.toString();
        boolean known = last.containsValue(text);
        if (last.isEmpty()) {
            last = new EnumMap<>(Source.class);
        }
        last.put(source, text);
        if (known) {
            return;
        }
        LOGGER.log(Level.WARNING, () -> elector() + ": " + text);
        LOGGER.log(Level.DEBUG, this::elector, trouble);
        lane.error(trouble);
    }

    /** What came from there has passed. */
    void passed(Source source) {
        if (last.isEmpty()) {
            return;
        }
        last.remove(source);
        if (last.isEmpty()) {
            last = Map.of();
        }
    }

    void trace(String what) {
        LOGGER.log(Level.DEBUG, () -> elector() + ": " + what);
    }

    private String elector() {
        return election + "/" + identity;
    }

    /** Said on whatever thread a callback threw. */
    static void logThrown(String elector, Throwable thrown) {
        LOGGER.log(Level.ERROR, elector + ": a callback threw " + thrown, thrown);
    }
}
