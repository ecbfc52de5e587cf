package io.github.leaderelection.it;

import io.github.leaderelection.cli.EventLine;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A candidate in a JVM of its own, driven through its event lines and its standard input. Ended with this JVM at the
 * latest. Signals go to its own process id and to no other. Any thread may call.
 */
public final class CandidateProcess implements AutoCloseable {

    /** Since JDK 24, each first use of sun.misc.Unsafe is warned of in four lines. */
    private static final Pattern JVM_ABOUT_LIBRARIES =
            Pattern.compile("^WARNING: .*(sun\\.misc\\.Unsafe|Please consider reporting this)");

    /** Starts quickly and takes little of a small machine. */
    private static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx64m");

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "candidates-end"));
    }

    private final String id;
    private final Process process;
    private final Thread outReader;
    private final Thread errReader;

    /** These are guarded by this object's monitor. */
    private final List<EventLine> events = new ArrayList<>();

    private final StringBuilder garbage = new StringBuilder();
    private final StringBuilder errors = new StringBuilder();
    private boolean outEnded;
    private long killedMillis;

    /** Starts the command line with these arguments. */
    static CandidateProcess ofCommandLine(String id, List<String> arguments, Map<String, String> settings) {
        return start(id, List.of("-jar", jar().toString()), arguments, settings);
    }

    /** Starts a program of the tests, which prints event lines as the command line does. */
    public static CandidateProcess ofProgram(
            String id, Class<?> main, List<String> arguments, Map<String, String> settings) {
        String classes = jar() + File.pathSeparator + System.getProperty("leaderelection.testClasses");
        return start(id, List.of("-cp", classes, main.getName()), arguments, settings);
    }

    /** Settings go through the environment, which no other user of the machine sees. */
    private static CandidateProcess start(
            String id, List<String> program, List<String> arguments, Map<String, String> settings) {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(program);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("LEADERELECTION_"));
        settings.forEach((key, value) -> builder.environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return new CandidateProcess(id, builder);
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty("leaderelection.jar", ""));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(
                    "the system property leaderelection.jar must name leaderelection.jar, but is '" + jar
                            + "': run mvn -pl integration-tests -am verify, which builds it and sets this");
        }
        return jar;
    }

    private CandidateProcess(String id, ProcessBuilder command) {
        this.id = id;
        try {
            process = command.start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start " + command.command(), failed);
        }
        RUNNING.add(process);
        process.onExit().thenRun(() -> RUNNING.remove(process));
        outReader = reader(process.getInputStream(), "out", this::onOut);
        errReader = reader(process.getErrorStream(), "err", this::onErr);
        process.onExit().thenRun(this::onExit);
    }

    private Thread reader(InputStream stream, String name, Consumer<String> lines) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader text =
                            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = text.readLine(); line != null; line = text.readLine()) {
                            lines.accept(line);
                        }
                    } catch (IOException broken) {
                        lines.accept("(the stream broke: " + broken + ")");
                    }
                },
                "candidate-" + id + "-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private synchronized void onOut(String line) {
        try {
            events.add(EventLine.parse(line));
        } catch (IllegalArgumentException unreadable) {
            garbage.append(line).append('\n');
        }
        notifyAll();
    }

    private synchronized void onErr(String line) {
        if (JVM_ABOUT_LIBRARIES.matcher(line).find()) {
            return;
        }
        errors.append(line).append('\n');
        notifyAll();
    }

    private void onExit() {
        try {
            outReader.join();
            errReader.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            outEnded = true;
            notifyAll();
        }
    }

    public String id() {
        return id;
    }

    /** The lines so far. */
    public synchronized List<EventLine> events() {
        return List.copyOf(events);
    }

    /** What it printed that is no event line; should be empty. */
    public synchronized String garbage() {
        return garbage.toString();
    }

    public synchronized String errors() {
        return errors.toString();
    }

    /** When it was killed, on the wall clock; 0 if it was not. */
    synchronized long killedMillis() {
        return killedMillis;
    }

    EventLine await(EventLine.Event event) {
        return await(0, line -> line.event() == event);
    }

    /** Waits for a line that is so; those before {@code from} do not count. */
    EventLine await(int from, Predicate<EventLine> wanted) {
        return await(Waits.GENEROUS.toNanos(), from, wanted);
    }

    private synchronized EventLine await(long maxNanos, int from, Predicate<EventLine> wanted) {
        long deadline = System.nanoTime() + maxNanos;
        for (int i = from; ; i++) {
            while (i >= events.size()) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || outEnded) {
                    throw new AssertionError("the awaited line does not come; " + describe());
                }
                awaitChange(left);
            }
            if (wanted.test(events.get(i))) {
                return events.get(i);
            }
        }
    }

    /** Waits until its standard error contains {@code part}. */
    synchronized void awaitError(String part) {
        long deadline = System.nanoTime() + Waits.GENEROUS.toNanos();
        while (errors.indexOf(part) < 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || outEnded) {
                throw new AssertionError("'" + part + "' does not come on the standard error; " + describe());
            }
            awaitChange(left);
        }
    }

    private void awaitChange(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + id, interrupted);
        }
    }

    /** All that is known of it, for messages. */
    public synchronized String describe() {
        StringBuilder text = new StringBuilder("candidate " + id + (process.isAlive() ? " runs" : " has ended"));
        text.append("; events:\n");
        events.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.append(garbage).append("errors:\n").append(errors).toString();
    }

    /** Types a line. */
    public void type(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot type '" + command + "' to " + id, failed);
        }
    }

    /** Asks for its status and returns the answer. */
    EventLine status() {
        int from = events().size();
        type("status");
        return await(from, line -> line.event() == EventLine.Event.STATUS);
    }

    /** SIGTERM: asks it to end. Through the handle, because {@link Process#destroy} closes the streams as well. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL: ends it on the spot. */
    public void kill() {
        synchronized (this) {
            killedMillis = System.currentTimeMillis();
        }
        process.toHandle().destroyForcibly();
        exitCode();
    }

    /** SIGSTOP: freezes it. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT: ends {@link #pause()}. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " " + process.pid() + " failed");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot send SIG" + name, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name, interrupted);
        }
    }

    /** Waits for its end, and until all that it printed was read. */
    public synchronized int exitCode() {
        long deadline = System.nanoTime() + Waits.GENEROUS.toNanos();
        while (!outEnded) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("does not end; " + describe());
            }
            awaitChange(left);
        }
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it, in whatever state it is. */
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        exitCode();
    }
}
