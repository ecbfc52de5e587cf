package io.github.leaderelection.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** The program, run inside of this JVM: its input is typed by the test, its output is waited for. */
final class ProgramRun {

    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final LinkedBlockingQueue<Integer> typed = new LinkedBlockingQueue<>();
    private final Capture out = new Capture();
    private final Capture err = new Capture();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private ProgramRun() {}

    static ProgramRun of(String... arguments) {
        return with(Map.of(), arguments);
    }

    static ProgramRun with(Map<String, String> environment, String... arguments) {
        ProgramRun run = new ProgramRun();
        Surroundings surroundings =
                new Surroundings(environment, run.new Keyboard(), run.out.stream(), run.err.stream());
        Thread thread = new Thread(
                () -> {
                    try {
                        run.exit.complete(LeaderElectionCli.run(surroundings, arguments));
                    } catch (RuntimeException | Error thrown) {
                        run.exit.completeExceptionally(thrown);
                    }
                },
                "program-run");
        thread.setDaemon(true);
        thread.start();
        return run;
    }

    void type(String line) {
        for (byte octet : (line + "\n").getBytes(StandardCharsets.UTF_8)) {
            typed.add(octet & 0xff);
        }
    }

    void endInput() {
        typed.add(-1);
    }

    /** Waits until a line of the output is so. */
    EventLine await(Predicate<EventLine> wanted) {
        out.await(text -> events(text).stream().anyMatch(wanted));
        return events().stream().filter(wanted).findFirst().orElseThrow();
    }

    EventLine await(EventLine.Event wanted) {
        return await(line -> line.event() == wanted);
    }

    void awaitError(String part) {
        err.await(text -> text.contains(part));
    }

    int exitCode() throws InterruptedException, ExecutionException, TimeoutException {
        return exit.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
    }

    boolean isRunning() {
        return !exit.isDone();
    }

    List<EventLine> events() {
        return events(out.text());
    }

    /** Complete lines alone. */
    private static List<EventLine> events(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(EventLine::parse)
                .toList();
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }

    /** Blocks like a terminal. */
    private final class Keyboard extends InputStream {
        @Override
        public int read() {
            try {
                return typed.take();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return -1;
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            int octet = read();
            if (octet < 0) {
                return -1;
            }
            buffer[offset] = (byte) octet;
            return 1;
        }
    }

    private static final class Capture extends ByteArrayOutputStream {
        PrintStream stream() {
            return new PrintStream(this, true, StandardCharsets.UTF_8);
        }

        @Override
        public synchronized void write(byte[] buffer, int offset, int length) {
            super.write(buffer, offset, length);
            notifyAll();
        }

        @Override
        public synchronized void write(int octet) {
            super.write(octet);
            notifyAll();
        }

        synchronized String text() {
            return toString(StandardCharsets.UTF_8);
        }

        synchronized void await(Predicate<String> wanted) {
            long deadline = System.nanoTime() + WAIT_MAX.toNanos();
            while (!wanted.test(text())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("not within " + WAIT_MAX + "; so far: " + text());
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(interrupted);
                }
            }
        }
    }
}
