package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/**
 * A session whose marker is an ephemeral znode. ZooKeeper's client keeps it alive by itself; what is left to do is to prove
 * it.
 *
 * <p>Pings are answered by the member that the client is connected to, alone; reads and {@code sync} may be answered by a leader
 * that was deposed. Only a write has to be agreed by a quorum. So the proof is a write of the marker: if it succeeds, the
 * marker was there when the write was committed. From when on the lease counts then, {@link SessionTouches} knows.
 */
final class ZooKeeperSession implements LockSession {

    private static final byte[] NO_DATA = {};

    private final SessionMarker marker;
    private final SessionHost host;
    private final ZooKeeper zooKeeper;
    private final SessionTouches touches;
    /** By how much ZooKeeper's timeout is longer than the lease. */
    private final long surplusNanos;

    private final ZooKeeperSessions sessions;
    private volatile boolean ended;

    /**
     * Of a marker that was made.
     *
     * @param zooKeeper the one client of the session that keeps the marker; a later one of the same host has another
     * @param surplusNanos by how much the timeout of that session is longer than the lease
     */
    ZooKeeperSession(
            ZooKeeperSessions sessions,
            SessionMarker marker,
            SessionHost host,
            ZooKeeper zooKeeper,
            SessionTouches touches,
            long surplusNanos) {
        this.sessions = sessions;
        this.marker = marker;
        this.host = host;
        this.zooKeeper = zooKeeper;
        this.touches = touches;
        this.surplusNanos = surplusNanos;
    }

    @Override
    public String id() {
        return marker.id();
    }

    @Override
    public CompletionStage<KeepAlive> keepAlive(boolean proof) {
        if (ended || !zooKeeper.getState().isAlive()) {
            return CompletableFuture.completedFuture(ended());
        }
        if (!proof) {
            return CompletableFuture.completedFuture(KeepAlive.kept());
        }
        long calledNanos = System.nanoTime();
        return host.calls()
                .call(
                        (ZooKeeper current, ZooKeeperCall<KeepAlive> call) -> sync(calledNanos, call),
                        (error, surelyNotSent) -> sessions.errors().ofProof(error),
                        Function.identity());
    }

    private void sync(long calledNanos, ZooKeeperCall<KeepAlive> call) {
        host.turnAwayUnlessSoon(call, TimeUnit.MILLISECONDS.toNanos(zooKeeper.getSessionTimeout()));
        long syncNanos = System.nanoTime();
        zooKeeper.sync(
                marker.path(),
                (code, at, context) -> {
                    if (Code.get(code) == Code.OK) {
                        write(calledNanos, syncNanos, call);
                    } else {
                        endedOrFailed(Code.get(code), call);
                    }
                },
                null);
    }

    private void write(long calledNanos, long syncNanos, ZooKeeperCall<KeepAlive> call) {
        if (call.isOver()) {
            return;
        }
        zooKeeper.setData(
                marker.path(),
                NO_DATA,
                -1,
                (code, at, context, stat) -> {
                    if (Code.get(code) == Code.OK) {
                        long earlierNanos = calledNanos - touches.countedSince(syncNanos) - surplusNanos;
                        touches.answered(syncNanos, System.nanoTime());
                        call.answer(new KeepAlive.Kept(Duration.ofNanos(Math.max(0, earlierNanos))));
                    } else {
                        endedOrFailed(Code.get(code), call);
                    }
                },
                null);
    }

    private void endedOrFailed(Code code, ZooKeeperCall<KeepAlive> call) {
        if (code == Code.NONODE || code == Code.SESSIONEXPIRED) {
            call.answer(ended());
        } else {
            call.fail(code);
        }
    }

    private KeepAlive ended() {
        ended = true;
        sessions.forget(this);
        host.end();
        return KeepAlive.ended();
    }

    @Override
    public CompletionStage<Void> end() {
        ended = true;
        sessions.forget(this);
        return sessions.delete(marker).whenComplete((done, error) -> host.end());
    }

    /** Leaves the session to time out. */
    void leave() {
        host.leave(); // first: whoever sees that it has ended may end the host, which would end it at once
        ended = true;
    }

    @Override
    public String toString() {
        return "ZooKeeperSession[" + marker.path() + "]";
    }
}
