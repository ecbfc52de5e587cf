package io.github.leaderelection.it;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.cli.EventPrinter;
import io.github.leaderelection.spi.ResourceLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A program that writes to a {@link Register} every few milliseconds for as long as it finds itself to be the leader,
 * and prints the event lines of {@code campaign}. Arguments: the register's port, the election, the identity, the lease
 * duration, the renew deadline, the retry period. Settings come from the environment.
 */
final class RegisterCandidate implements LeaderCallbacks {

    private static final long BETWEEN_WRITES_MILLIS = 20;

    private final EventPrinter events;
    private final Socket register;
    private final CountDownLatch closed = new CountDownLatch(1);

    private RegisterCandidate(EventPrinter events, Socket register) {
        this.events = events;
        this.register = register;
    }

    /** Runs until SIGTERM. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>(ResourceLocks.settingsFromEnvironment(System.getenv()));
        settings.put("leaderelection.name", arguments[1]);
        settings.put("leaderelection.identity", arguments[2]);
        EventPrinter events = new EventPrinter(arguments[2], System.out);
        try (Socket register = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
                ResourceLock lock = ResourceLocks.open(settings)) {
            RegisterCandidate candidate = new RegisterCandidate(events, register);
            LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                    .lock(lock)
                    .leaseDuration(Duration.parse(arguments[3]))
                    .renewDeadline(Duration.parse(arguments[4]))
                    .retryPeriod(Duration.parse(arguments[5]))
                    .releaseOnCancel(true)
                    .callbacks(candidate)
                    .build());
            Runtime.getRuntime().addShutdownHook(new Thread(elector::close));
            events.ready();
            elector.start();
            candidate.closed.await();
        }
    }

    /** The time is taken before the question: what is written with a later time was answered later still. */
    @Override
    public void onStartedLeading(Leadership leadership) throws IOException, InterruptedException {
        events.started(leadership);
        while (true) {
            long askedMillis = System.currentTimeMillis();
            if (!leadership.isValid()) {
                return;
            }
            String write = leadership.fencingToken() + " " + leadership.identity() + " " + askedMillis + "\n";
            register.getOutputStream().write(write.getBytes(StandardCharsets.UTF_8));
            if (register.getInputStream().read() == '-') {
                System.err.println("the register refuses token " + leadership.fencingToken());
            }
            Thread.sleep(BETWEEN_WRITES_MILLIS);
        }
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
