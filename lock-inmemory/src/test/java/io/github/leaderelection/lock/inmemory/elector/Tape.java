package io.github.leaderelection.lock.inmemory.elector;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Callbacks that write down what they were told, and then do what the test asks for; by default, nothing. */
final class Tape implements LeaderCallbacks {

    /** What a test does in a callback about a tenure. */
    interface OnTenure {
        void take(Leadership leadership) throws Exception;
    }

    /** What a test does in another callback. */
    interface OnNews {
        void take(String news);
    }

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<Leadership> tenures = new CopyOnWriteArrayList<>();
    final List<Throwable> errors = new CopyOnWriteArrayList<>();

    volatile OnTenure whenStarted = leadership -> {};
    volatile OnTenure whenStopped = leadership -> {};
    volatile OnNews whenLeaderChanges = leader -> {};
    volatile OnNews whenError = error -> {};
    volatile OnNews whenClosed = closed -> {};

    @Override
    public void onStartedLeading(Leadership leadership) throws Exception {
        tenures.add(leadership);
        lines.add("started");
        whenStarted.take(leadership);
    }

    @Override
    public void onStoppedLeading(Leadership ended) throws Exception {
        lines.add("stopped " + ended.revocationReason().map(Enum::name).orElse("without a reason"));
        whenStopped.take(ended);
    }

    @Override
    public void onNewLeader(String identity) {
        lines.add("leader " + identity);
        whenLeaderChanges.take(identity);
    }

    @Override
    public void onNoLeader() {
        lines.add("no leader");
        whenLeaderChanges.take("");
    }

    @Override
    public void onClosed() {
        lines.add("closed");
        whenClosed.take("");
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
        lines.add("error " + error.getClass().getSimpleName());
        whenError.take(String.valueOf(error.getMessage()));
    }

    long count(String line) {
        return lines.stream().filter(line::equals).count();
    }

    long starts() {
        return count("started");
    }

    long stops() {
        return lines.stream().filter(line -> line.startsWith("stopped")).count();
    }

    /** Only the lines about tenures and the end. */
    List<String> ownLines() {
        return lines.stream()
                .filter(line -> line.startsWith("started") || line.startsWith("stopped") || line.equals("closed"))
                .toList();
    }

    /** Only the lines about who leads. */
    List<String> leaderLines() {
        return lines.stream()
                .filter(line -> line.startsWith("leader") || line.equals("no leader"))
                .toList();
    }

    Leadership lastTenure() {
        return tenures.get(tenures.size() - 1);
    }
}
