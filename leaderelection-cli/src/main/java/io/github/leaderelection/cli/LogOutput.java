package io.github.leaderelection.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is logged, by whatever way, to the standard error, a line each: unless more is asked for, our warnings and
 * worse, and of libraries what breaks. Libraries warn of each attempt to reach a server that is away; the engine says
 * it once.
 */
final class LogOutput extends Handler {

    private static final String OWN = "io.github.leaderelection";

    /** Held here, because the logging of the JDK holds loggers weakly and would forget their levels. */
    private static final Logger OWN_LOGGER = Logger.getLogger(OWN);

    private final PrintStream err;

    private LogOutput(PrintStream err, boolean withTraces) {
        this.err = err;
        setFormatter(new OneLine(withTraces));
    }

    /**
     * Keeps the log open while the process ends: the JDK's own manager shuts its handlers when shutdown begins, and what
     * goes wrong while a candidate closes would not be seen. Public because the JDK makes it.
     */
    public static final class KeptOpen extends LogManager {
        /** For the JDK. */
        public KeptOpen() {}

        @Override
        public void reset() {}
    }

    /**
     * From here on logs to {@code err}.
     *
     * @param verbosity 0 for our warnings, 1 for information, also of libraries, 2 for the details of the election as
     *     well
     */
    static void install(PrintStream err, int verbosity) {
        Level libraries = verbosity == 0 ? Level.SEVERE : Level.INFO;
        Level own = verbosity == 0 ? Level.WARNING : verbosity == 1 ? Level.INFO : Level.FINE;
        install(new LogOutput(err, verbosity > 1), libraries, own);
    }

    /** From here on logs only what breaks, for {@code demo}, which makes trouble on purpose. */
    static void installQuiet(PrintStream err) {
        install(new LogOutput(err, false), Level.SEVERE, Level.SEVERE);
    }

    private static void install(LogOutput output, Level libraries, Level own) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(output);
        root.setLevel(libraries);
        OWN_LOGGER.setLevel(own);
        // Now and on one thread: SLF4J complains, past all levels, if several threads of a client are the first to log.
        LoggerFactory.getILoggerFactory();
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            err.print(getFormatter().format(entry));
            err.flush();
        }
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {
        err.flush();
    }

    private static final class OneLine extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

        private final boolean withTraces;

        OneLine(boolean withTraces) {
            this.withTraces = withTraces;
        }

        @Override
        public String format(LogRecord entry) {
            ZonedDateTime time = entry.getInstant().atZone(ZoneId.systemDefault());
            String message = formatMessage(entry);
            Throwable thrown = entry.getThrown();
            if (thrown != null && !message.contains(thrown.toString())) {
                message += ": " + thrown;
            }
            String line = TIME.format(time) + " " + entry.getLevel().getName() + " " + entry.getLoggerName() + " "
                    + message.replaceAll("\\R", " ") + "\n";
            return thrown != null && withTraces ? line + trace(thrown) : line;
        }

        private static String trace(Throwable thrown) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            return trace.toString();
        }
    }
}
