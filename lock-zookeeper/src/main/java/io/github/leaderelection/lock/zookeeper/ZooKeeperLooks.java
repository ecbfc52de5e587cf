package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.Gathering;
import io.github.leaderelection.spi.LockSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/**
 * Reads that are in no hurry, without reading. ZooKeeper tells a connection of changes in their order, and of each before it
 * answers a request that came after it. So once anything is answered that was sent after a look was asked for, what the watch of the
 * record has shown is no older than the look. One answer serves the looks at all of a client's records: that to the next rewrite of
 * its session's marker, which is sent anyway, or else to a {@code sync}.
 *
 * <p>May be used from any thread.
 */
final class ZooKeeperLooks {

    private final ZooKeeperConnection connection;
    private final ZooKeeperCalls calls;
    private final ZooKeeperErrors errors;
    private final String syncedPath;
    private final Gathering<Look> waiting;

    /**
     * None yet.
     *
     * @param syncedPath a path, which need not exist
     */
    ZooKeeperLooks(ZooKeeperConnection connection, ZooKeeperCalls calls, ZooKeeperErrors errors, String syncedPath) {
        this.connection = connection;
        this.calls = calls;
        this.errors = errors;
        this.syncedPath = syncedPath;
        this.waiting = new Gathering<>(connection.thread(), this::sync);
    }

    private record Look(ZooKeeperWatch watch, CompletableFuture<Optional<LockSnapshot>> answer) {}

    /**
     * What stands where that watch watches.
     *
     * @param patience for how long the look may wait for something else to be sent
     */
    CompletableFuture<Optional<LockSnapshot>> look(ZooKeeperWatch watch, Duration patience) {
        Look look = new Look(watch, new CompletableFuture<>());
        try {
            waiting.add(look, patience);
        } catch (RejectedExecutionException closed) {
            look.answer().completeExceptionally(errors.closed());
        }
        return look.answer();
    }

    private void sync() {
        Riders riders = board();
        if (riders.areAllGone()) {
            return;
        }
        calls.call(this::sync, (error, surelyNotSent) -> errors.ofRead(error), Function.<Boolean>identity())
                .whenComplete((synced, error) -> riders.arrived(error == null));
    }

    private void sync(ZooKeeper zooKeeper, ZooKeeperCall<Boolean> call) {
        zooKeeper.sync(
                syncedPath,
                (code, at, context) -> {
                    if (Code.get(code) == Code.OK) {
                        call.answer(true);
                    } else {
                        call.fail(Code.get(code));
                    }
                },
                null);
    }

    /** Those who have waited for a request, which is about to be sent. */
    Riders board() {
        return new Riders(waiting.take());
    }

    /** Looks that wait for the answer to one request. */
    final class Riders {
        private final List<Look> looks;

        private Riders(List<Look> looks) {
            this.looks = looks;
        }

        private boolean areAllGone() {
            return looks.stream().allMatch(look -> look.answer().isDone());
        }

        /** To be called where ZooKeeper's answers arrive; if there was none, each reads for itself. */
        void arrived(boolean answered) {
            if (!looks.isEmpty()) {
                connection.thread().run(() -> looks.forEach(look -> look.watch().answer(look.answer(), answered)));
            }
        }
    }

    /** Lets all fail that wait. */
    void close() {
        waiting.close().forEach(look -> look.answer().completeExceptionally(errors.closed()));
    }
}
