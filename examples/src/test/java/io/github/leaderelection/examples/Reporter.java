package io.github.leaderelection.examples;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.time.Duration;

/** A user's own leader, to be tested: it makes one report after the other, and files it with its token. */
final class Reporter implements LeaderCallbacks {

    /** Where reports go, if it takes the token. */
    interface Archive {
        boolean file(long fencingToken, String report);
    }

    /** {@code Thread::sleep} in the real program. */
    interface Sleeper {
        void sleep(Duration duration) throws InterruptedException;
    }

    private final Archive archive;
    private final Sleeper sleeper;

    Reporter(Archive archive, Sleeper sleeper) {
        this.archive = archive;
        this.sleeper = sleeper;
    }

    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        while (leadership.isValid()) {
            sleeper.sleep(Duration.ofSeconds(3)); // it takes a while to make a report
            archive.file(leadership.fencingToken(), "by " + leadership.identity());
        }
    }

    @Override
    public void onStoppedLeading(Leadership ended) {}
}
