package io.github.leaderelection.examples;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program of which many run and one works. Its backend is chosen in the file that is given to it. */
public final class Scheduler implements LeaderCallbacks {

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Takes one argument: the file with the settings. Ends with the elector, which SIGTERM closes. */
    public static void main(String[] args) throws InterruptedException {
        ResourceLock lock = ResourceLocks.openFile(Path.of(args[0]));
        Scheduler scheduler = new Scheduler();
        LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .callbacks(scheduler)
                .releaseOnCancel(true)
                .build());
        Runtime.getRuntime().addShutdownHook(new Thread(elector::close));
        elector.start();
        scheduler.closed.await(); // the elector's threads are daemons: without this the program ends here
    }

    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        while (leadership.isValid()) {
            System.out.println("working, fenced with " + leadership.fencingToken());
            Thread.sleep(1000); // interrupted when the leadership is revoked
        }
    }

    @Override
    public void onStoppedLeading(Leadership ended) {
        System.out.println("stopped: " + ended.revocationReason().orElseThrow());
    }

    @Override
    public void onClosed() {
        closed.countDown();
    }
}
