package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.cli.EventPrinter;
import io.github.leaderelection.spi.ResourceLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that asks all the time whether it leads, tells a {@link FencedRegister} what it finds, and writes to it for as
 * long as it believes to lead, as a client does that takes its time between the question and the write. Prints the event
 * lines of {@code campaign}. Standard input takes {@code stepdown} and {@code rate} with a number. Arguments: the register's
 * port, the election, the identity, the name of the process, the lease duration, the renew deadline, the retry period, the
 * rate of its clock, how far its wall clock is off, a seed. Settings come from the environment.
 */
final class NemesisCandidate implements LeaderCallbacks {

    private static final long BETWEEN_QUESTIONS_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final long BETWEEN_REPORTS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BETWEEN_CLOCKS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int FIRST_CLOCKS = 5;
    private static final long BETWEEN_WRITES_MILLIS = 20;
    private static final int STRAGGLERS = 4;
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Arguments arguments;
    private final EventPrinter events;
    private final CountDownLatch closed = new CountDownLatch(1);

    private record Arguments(int port, String election, String identity, String process, String[] all) {
        static Arguments of(String[] all) {
            return new Arguments(Integer.parseInt(all[0]), all[1], all[2], all[3], all);
        }

        Duration duration(int index) {
            return Duration.parse(all[index]);
        }

        Random dice(String purpose) {
            return new Random(Long.parseLong(all[9]) ^ purpose.hashCode());
        }

        RegisterClient connect() throws IOException {
            return new RegisterClient(port, process, identity);
        }
    }

    private NemesisCandidate(Arguments arguments) {
        this.arguments = arguments;
        this.events = new EventPrinter(arguments.identity, System.out);
    }

    /** Runs until SIGTERM. */
    public static void main(String[] all) throws IOException, InterruptedException {
        Arguments arguments = Arguments.of(all);
        Map<String, String> settings = new HashMap<>(ResourceLocks.settingsFromEnvironment(System.getenv()));
        settings.put("leaderelection.name", arguments.election);
        settings.put("leaderelection.identity", arguments.identity);
        NemesisCandidate candidate = new NemesisCandidate(arguments);
        try (ResourceLock lock = ResourceLocks.open(settings)) {
            candidate.campaign(lock);
        }
    }

    private void campaign(ResourceLock lock) throws IOException, InterruptedException {
        ScaledTimeSource clock = new ScaledTimeSource(Double.parseDouble(arguments.all[7]), arguments.duration(8));
        LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .leaseDuration(arguments.duration(4))
                .renewDeadline(arguments.duration(5))
                .retryPeriod(arguments.duration(6))
                .drainTimeout(DRAIN)
                .timeSource(clock)
                .releaseOnCancel(true)
                .callbacks(this)
                .build());
        Runtime.getRuntime().addShutdownHook(new Thread(elector::close));
        Asker asker = new Asker(elector, arguments.connect());
        daemon("asker", asker::ask);
        for (int i = 0; i < STRAGGLERS; i++) {
            Random dice = arguments.dice("straggler-" + i);
            RegisterClient register = arguments.connect();
            daemon("straggler-" + i, () -> straggle(elector, register, dice));
        }
        daemon("input", () -> obey(elector, clock));
        events.ready();
        elector.start();
        closed.await();
    }

    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    /** Without the register the process has no purpose, and whoever has lost it, has lost the tests that started it. */
    private static void daemon(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException registerGone) {
                        System.err.println(name + ": " + registerGone);
                        Runtime.getRuntime().halt(3);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void obey(LeaderElector elector, ScaledTimeSource clock) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.equals("stepdown")) {
                elector.stepDown();
            } else if (line.startsWith("rate ")) {
                clock.rate(Double.parseDouble(line.substring("rate ".length())));
            } else {
                System.err.println("unknown: " + line);
            }
        }
    }

    /** Asks in short intervals whether this candidate leads, and reports in longer ones since when and until when it did. */
    private static final class Asker {
        private final LeaderElector elector;
        private final RegisterClient register;
        private long token;
        private long firstAfter;
        private long lastBefore;
        private long asked;

        Asker(LeaderElector elector, RegisterClient register) {
            this.elector = elector;
            this.register = register;
        }

        void ask() throws IOException {
            for (int i = 0; i < FIRST_CLOCKS; i++) {
                register.compareClocks();
            }
            long reported = System.nanoTime();
            long compared = reported;
            while (true) {
                long before = System.nanoTime();
                Optional<Leadership> found = elector.leadership();
                long after = System.nanoTime();
                if (found.isEmpty()
                        || found.get().fencingToken() != token
                        || before - reported > BETWEEN_REPORTS_NANOS) {
                    report();
                    reported = before;
                }
                found.ifPresent(leadership -> {
                    token = leadership.fencingToken();
                    firstAfter = asked == 0 ? after : firstAfter;
                    lastBefore = before;
                    asked++;
                });
                if (before - compared > BETWEEN_CLOCKS_NANOS) {
                    register.compareClocks();
                    compared = before;
                }
                LockSupport.parkNanos(BETWEEN_QUESTIONS_NANOS);
            }
        }

        private void report() throws IOException {
            if (asked > 0) {
                register.stood(token, firstAfter, lastBefore, asked);
                asked = 0;
            }
        }
    }

    /** Writes that are under way for long, whether the tenure has ended meanwhile or not. */
    private static void straggle(LeaderElector elector, RegisterClient register, Random dice) throws IOException {
        while (true) {
            long before = System.nanoTime();
            Optional<Leadership> found = elector.leadership();
            long after = System.nanoTime();
            // Two seconds in the mean: some are quick, some take longer than a lease.
            double seconds = Math.min(8, -2 * Math.log(1 - dice.nextDouble()));
            LockSupport.parkNanos((long) (seconds * 1e9));
            if (found.isPresent()) {
                register.write(found.get().fencingToken(), before, after);
            }
        }
    }

    /** An interrupt ends the wait, but not the write that is under way. */
    @Override
    public void onStartedLeading(Leadership leadership) throws IOException, InterruptedException {
        events.started(leadership);
        try (RegisterClient register = arguments.connect()) {
            write(leadership, register, arguments.dice("writer-" + leadership.fencingToken()));
        }
    }

    private static void write(Leadership leadership, RegisterClient register, Random dice)
            throws IOException, InterruptedException {
        while (true) {
            long before = System.nanoTime();
            boolean valid = leadership.isValid();
            long after = System.nanoTime();
            if (!valid) {
                return;
            }
            LockSupport.parkNanos(dawdle(dice));
            register.write(leadership.fencingToken(), before, after);
            Thread.sleep(BETWEEN_WRITES_MILLIS);
        }
    }

    private static long dawdle(Random dice) {
        int millis = dice.nextInt(10) == 0 ? dice.nextInt(300) : dice.nextInt(5);
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public void onStoppedLeading(Leadership ended) {
        events.stopped(ended);
    }

    @Override
    public void onNewLeader(String identity) {
        events.newLeader(identity);
    }

    @Override
    public void onNoLeader() {
        events.noLeader();
    }

    @Override
    public void onError(Throwable error) {
        System.err.println(error);
    }

    @Override
    public void onClosed() {
        events.closed();
        closed.countDown();
    }
}
