package io.github.leaderelection.cli;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.cli.EventLine.Event;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prints the event lines of one candidate, each flushed at once. After the line of {@link #closed()} it prints nothing.
 * Any thread may call.
 */
public final class EventPrinter {

    private final String identity;
    private final PrintStream out;
    private boolean closed;

    /** {@code out} should write in UTF-8. */
    public EventPrinter(String identity, PrintStream out) {
        this.identity = identity;
        this.out = out;
    }

    /** Prints READY. */
    public void ready() {
        print(Event.READY, ofCandidate());
    }

    /** Prints STARTED. */
    public void started(Leadership leadership) {
        Map<String, String> fields = ofCandidate();
        fields.put("token", Long.toString(leadership.fencingToken()));
        print(Event.STARTED, fields);
    }

    /** Prints STOPPED. */
    public void stopped(Leadership ended) {
        Map<String, String> fields = ofCandidate();
        fields.put("token", Long.toString(ended.fencingToken()));
        fields.put("reason", ended.revocationReason().map(EventPrinter::word).orElse("unknown"));
        print(Event.STOPPED, fields);
    }

    private static String word(RevocationReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /** Prints NEWLEADER. */
    public void newLeader(String leader) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("leader", leader);
        print(Event.NEWLEADER, fields);
    }

    /** Prints NOLEADER. */
    public void noLeader() {
        print(Event.NOLEADER, Map.of());
    }

    /** Prints STATUS. */
    public void status(Optional<Leadership> leadership, Optional<String> leader) {
        Map<String, String> fields = ofCandidate();
        fields.put("leading", Boolean.toString(leadership.isPresent()));
        fields.put(
                "token",
                leadership.map(Leadership::fencingToken).map(String::valueOf).orElse(""));
        fields.put("leader", leader.orElse(""));
        print(Event.STATUS, fields);
    }

    /** Prints CLOSED, once. */
    public synchronized void closed() {
        print(Event.CLOSED, ofCandidate());
        closed = true;
    }

    /** The same, for no longer than {@code bound}: if nobody reads the lines any more, it would wait for ever. */
    void closedWithin(Duration bound) throws InterruptedException {
        Thread thread = new Thread(this::closed, "leaderelection-last-line");
        thread.setDaemon(true);
        thread.start();
        thread.join(bound.toMillis());
    }

    private Map<String, String> ofCandidate() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", identity);
        return fields;
    }

    private synchronized void print(Event event, Map<String, String> fields) {
        if (closed) {
            return;
        }
        out.print(new EventLine(System.currentTimeMillis(), event, fields) + "\n");
        out.flush();
    }
}
