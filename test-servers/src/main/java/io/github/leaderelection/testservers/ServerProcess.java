package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A server's process: ended by its own handle, and with this JVM at the latest. */
final class ServerProcess {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final long STOP_SECONDS_MAX = 20;
    private static final int LOG_TAIL_CHARS = 3000;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "test-servers-end"));
    }

    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code command}, which writes to {@code log}. */
    static ServerProcess start(List<String> command, Path log) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            RUNNING.add(process);
            process.onExit().thenRun(() -> RUNNING.remove(process));
            return new ServerProcess(process, log);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start " + command, failed);
        }
    }

    /**
     * Waits until the server is ready; ends it if it does not become so.
     *
     * @throws IllegalStateException with the end of its log
     */
    void awaitReady(String name, BooleanSupplier ready) {
        long begin = System.nanoTime();
        while (!ready.getAsBoolean()) {
            if (!isAlive() || System.nanoTime() - begin > READY_MAX.toNanos()) {
                String said = logTail();
                kill();
                throw new IllegalStateException(
                        name + " is not ready within " + READY_MAX + "; its log ends with: " + said);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while " + name + " was starting", interrupted);
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end, and makes it end if it does not. */
    void stop() {
        process.destroy();
        if (!ended()) {
            kill();
        }
    }

    /** Ends it on the spot, as SIGKILL does. Works on a paused process, too. */
    void kill() {
        process.destroyForcibly();
        if (!ended()) {
            throw new IllegalStateException(
                    "process " + process.pid() + " survives SIGKILL; see the state of the machine");
        }
    }

    /** Freezes it, as SIGSTOP does: its connections stay open and nothing answers. */
    void pause() {
        signal("STOP");
        long begin = System.nanoTime();
        while (!stopped()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(STOP_SECONDS_MAX)) {
                throw new IllegalStateException("process " + process.pid() + " goes on after SIGSTOP");
            }
            Thread.onSpinWait();
        }
    }

    /** Whether every thread of it stands still. The signal is sent before they do; only Linux shows when. */
    private boolean stopped() {
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        if (!Files.isDirectory(tasks)) {
            return true;
        }
        try (Stream<Path> threads = Files.list(tasks)) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (!stat.substring(stat.lastIndexOf(')')).startsWith(") T")) {
                    return false;
                }
            }
            return true;
        } catch (IOException threadEnded) {
            return false;
        }
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = kill.waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " " + process.pid() + " failed: " + said);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot send SIG" + name, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name, interrupted);
        }
    }

    private boolean ended() {
        try {
            return process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a server was ending", interrupted);
        }
    }

    /** The end of what it wrote, for messages. */
    String logTail() {
        try {
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - LOG_TAIL_CHARS));
        } catch (IOException unreadable) {
            return "(its log cannot be read: " + unreadable + ")";
        }
    }
}
