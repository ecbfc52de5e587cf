package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.spi.Excerpt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Obeys the commands that come on the standard input, a word on each line. The end of the input means nothing. */
final class CommandInput {

    /** More than any command; what is beyond is not kept. */
    private static final int LINE_CHARS_MAX = 1_000;

    private final Surroundings surroundings;
    private final LeaderElector elector;
    private final EventPrinter events;
    private final Runnable close;

    CommandInput(Surroundings surroundings, LeaderElector elector, EventPrinter events, Runnable close) {
        this.surroundings = surroundings;
        this.elector = elector;
        this.events = events;
        this.close = close;
    }

    /** Begins to read, on a thread of its own that does not keep the process alive. */
    void listen() {
        Thread reader = new Thread(this::read, "leaderelection-stdin");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        Reader input = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
        StringBuilder line = new StringBuilder();
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                if (next == '\n') {
                    obey(line.toString().strip());
                    line.setLength(0);
                } else if (line.length() < LINE_CHARS_MAX) {
                    line.append((char) next);
                }
            }
            obey(line.toString().strip());
        } catch (IOException unreadable) {
            surroundings
                    .err()
                    .println("leaderelection: the standard input cannot be read any more: " + unreadable.getMessage());
        }
    }

    private void obey(String command) {
        switch (command) {
            case "" -> {
                // An empty line asks for nothing.
            }
            case "status" -> events.status(elector.leadership(), elector.getLeader());
            case "stepdown" -> elector.stepDown();
            case "close" -> close.run();
            default ->
                surroundings
                        .err()
                        .println("leaderelection: unknown command on the standard input: expected status, stepdown or"
                                + " close, but got '" + Excerpt.of(command) + "'");
        }
    }
}
