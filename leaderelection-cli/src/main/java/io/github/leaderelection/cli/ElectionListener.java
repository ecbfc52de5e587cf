package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.Leadership;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Prints what a candidate or an observer is told, and lets others wait for its end. */
final class ElectionListener implements LeaderCallbacks {

    private final EventPrinter events;
    private final boolean candidate;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Throwable lastError;

    private ElectionListener(EventPrinter events, boolean candidate) {
        this.events = events;
        this.candidate = candidate;
    }

    static ElectionListener ofCandidate(EventPrinter events) {
        return new ElectionListener(events, true);
    }

    /** One that prints who leads, and nothing of itself. */
    static ElectionListener ofObserver(EventPrinter events) {
        return new ElectionListener(events, false);
    }

    /** The work of this leader is to lead: it lasts until the tenure ends, and its thread is interrupted. */
    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        events.started(leadership);
        new CountDownLatch(1).await();
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

    /** The engine has logged it, too. */
    @Override
    public void onError(Throwable error) {
        lastError = error;
    }

    @Override
    public void onClosed() {
        if (candidate) {
            events.closed();
        }
        closed.countDown();
    }

    void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** What to say when the end came though nobody asked for it. */
    LeaderElectionException failure(String identity) {
        Throwable error = lastError;
        String said = error == null ? "no error was told" : String.valueOf(error.getMessage());
        return new LeaderElectionException("'" + identity + "' cannot go on: " + said);
    }
}
