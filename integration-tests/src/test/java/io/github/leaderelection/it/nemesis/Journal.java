package io.github.leaderelection.it.nemesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that happens in one run, one line each in a file, with the time of the register in milliseconds since the beginning;
 * each entry goes to the checker as well. What is in memory does not grow with the lines. Any thread may call.
 */
final class Journal implements AutoCloseable {

    private static final Duration EXCERPT = Duration.ofSeconds(12);

    private final Path file;
    private final PrintWriter out;
    private final Checker checker;
    private final long origin = System.nanoTime();
    private Optional<Entry.Offered> lastAccepted = Optional.empty();

    Journal(Path file, Checker checker) {
        this.file = file;
        this.checker = checker;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
    }

    Path file() {
        return file;
    }

    /** Records an entry and has it checked. */
    synchronized void add(Entry entry) {
        line(entry.toString());
        if (entry instanceof Entry.Offered offered && offered.accepted()) {
            lastAccepted = Optional.of(offered);
        }
        checker.on(entry);
    }

    /** Records what the checker does not look at. */
    synchronized void note(String text) {
        line(text);
    }

    private void line(String text) {
        out.printf(Locale.ROOT, "%.3f %s%n", millis(System.nanoTime()), text);
    }

    private double millis(long nanos) {
        return (nanos - origin) / 1e6;
    }

    /** The newest write that was accepted, if that is no longer ago. */
    synchronized Optional<Entry.Offered> lastAccepted(Duration ago) {
        return lastAccepted.filter(offered -> System.nanoTime() - offered.arrival() <= ago.toNanos());
    }

    /** Asks the checker. */
    synchronized <T> T ask(Function<Checker, T> question) {
        return question.apply(checker);
    }

    /** Writes all lines around a violation to a file of their own, beside the whole. */
    synchronized Path excerpt(Violation violation, int number) {
        out.flush();
        Path excerpt = file.resolveSibling(file.getFileName().toString().replace(".log", "") + "-violation-" + number
                + "-" + violation.kind() + ".log");
        double at = millis(violation.at());
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                PrintWriter to = new PrintWriter(Files.newBufferedWriter(excerpt, StandardCharsets.UTF_8))) {
            to.printf(Locale.ROOT, "%s%nat %.3f ms%n%n", violation, at);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (Math.abs(time(line) - at) <= EXCERPT.toMillis()) {
                    to.println(line);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + excerpt, failed);
        }
        return excerpt;
    }

    /** Lines that are the rest of a longer text have none. */
    private static double time(String line) {
        String word = line.substring(0, Math.max(0, line.indexOf(' ')));
        return word.matches("\\d+\\.\\d{3}") ? Double.parseDouble(word) : Double.NaN;
    }

    /** The violations so far. */
    List<Violation> violations() {
        return ask(Checker::violations);
    }

    @Override
    public synchronized void close() {
        out.close();
        if (out.checkError()) {
            throw new IllegalStateException("not all lines could be written to " + file);
        }
    }
}
