package io.github.leaderelection.examples;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.util.concurrent.CountDownLatch;

/** A user's own code, to be tested. */
final class ReportJob implements LeaderCallbacks {

    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        started.countDown();
        while (leadership.isValid()) {
            Thread.sleep(10);
        }
    }

    @Override
    public void onStoppedLeading(Leadership ended) {
        stopped.countDown();
    }
}
