package io.github.leaderelection.examples;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.nio.file.Path;

/** A program of which many run and one works. Its backend is chosen in the file that is given to it. */
public final class Scheduler implements LeaderCallbacks {

    /** Takes one argument: the file with the settings. */
    public static void main(String[] args) {
        ResourceLock lock = ResourceLocks.openFile(Path.of(args[0]));
        LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                .lock(lock)
                .callbacks(new Scheduler())
                .releaseOnCancel(true)
                .build());
        Runtime.getRuntime().addShutdownHook(new Thread(elector::close));
        elector.start();
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
}
