package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM with a part of a measurement, which tells by lines how far it is. It ends when its standard input does. */
final class Child implements AutoCloseable {

    /** A line, and when it came. */
    record Line(String text, long nanos) {}

    private static final String ENDED = "(ended)";

    private final Process process;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();

    private Child(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "child-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a program of this module; all have the same flags but for the heap. */
    static Child start(Class<?> main, String heapMax, Address address, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMax,
                "-Djava.util.logging.config.file=" + System.getProperty("java.util.logging.config.file"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(address.toEnvironment());
        try {
            return new Child(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start " + main.getName(), failed);
        }
    }

    private void read() {
        try (BufferedReader text =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                lines.add(new Line(line, System.nanoTime()));
            }
        } catch (IOException killed) {
            lines.add(new Line(killed.toString(), System.nanoTime()));
        }
        lines.add(new Line(ENDED, System.nanoTime()));
    }

    /** The next line that begins so; others are passed over. */
    Line await(String prefix, long seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            Line line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.text().equals(ENDED)) {
                throw new IllegalStateException("expected a child to say " + prefix + " within " + seconds + " s, but "
                        + (line == null ? "it did not" : "it ended"));
            }
            if (line.text().startsWith(prefix)) {
                return line;
            }
        }
    }

    /** Ends it on the spot, with SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
