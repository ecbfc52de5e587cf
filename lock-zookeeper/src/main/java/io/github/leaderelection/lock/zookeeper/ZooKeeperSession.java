package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A session whose marker this client rewrites, and which the others watch over, each on a clock of its own: an observed lease,
 * one for all elections of a client.
 *
 * <p>Why no leader is left when others see the session end. A rewrite that succeeded was sent first, then applied by a quorum,
 * and then seen by whoever follows. The leader answers true for a renew deadline since it was sent. Another client deletes the
 * marker when it has known one version of it for the whole lease, which is longer, and only if that is still its version: a
 * rewrite that was applied before the deletion makes it fail, and one that comes after it finds no marker and proves nothing.
 * So the deletion comes after the leader's time, as long as the rates of their clocks differ by less than lease / renew
 * deadline. The name of a marker is never used again: once it is gone, its session has ended for good. A rewrite that arrives
 * late, or twice, does no harm; the others wait longer.
 *
 * <p>An ephemeral znode would end by itself when its client falls silent, and yet is not used: how long it still stands after
 * a write that succeeded is up to what members hand on to the one that leads them, to its ticks, and to the member that the
 * client is connected to; and it would take a connection for each lease, with that lease as its timeout.
 */
final class ZooKeeperSession implements LockSession {

    /** A client that holds nothing writes once in so many leases, so that its marker is not taken for one that was left behind. */
    private static final int IDLE_LEASES = 4;

    private final SessionMarker marker;
    private final Duration lease;
    private final Instant opened;
    private final ZooKeeperSessions home;
    /** When the newest write that succeeded was asked for. */
    private volatile long writtenNanos;

    private volatile boolean ended;

    /**
     * Of a marker that was made.
     *
     * @param openedNanos when that was asked for
     */
    ZooKeeperSession(SessionMarker marker, Duration lease, Instant opened, long openedNanos, ZooKeeperSessions home) {
        this.marker = marker;
        this.lease = lease;
        this.opened = opened;
        this.writtenNanos = openedNanos;
        this.home = home;
    }

    @Override
    public String id() {
        return marker.id();
    }

    @Override
    public CompletionStage<KeepAlive> keepAlive(boolean proof) {
        if (ended) {
            return CompletableFuture.completedFuture(KeepAlive.ended());
        }
        long nowNanos = System.nanoTime();
        if (!proof && nowNanos - writtenNanos < IDLE_LEASES * lease.toNanos()) {
            return CompletableFuture.completedFuture(KeepAlive.kept());
        }
        byte[] bytes = marker.bytes(lease, opened);
        ZooKeeperLooks.Riders looks = home.looks().board();
        CompletableFuture<KeepAlive> kept = home.calls()
                .<Boolean, KeepAlive>call(
                        (zooKeeper, call) -> marker.write(zooKeeper, bytes, call),
                        (error, surelyNotSent) -> home.errors().ofSession("kept alive", error, surelyNotSent),
                        present -> wrote(present, nowNanos));
        kept.whenComplete((answer, error) -> looks.arrived(error == null));
        return kept;
    }

    private KeepAlive wrote(boolean present, long sentNanos) {
        if (!present) {
            ended = true;
            return KeepAlive.ended();
        }
        writtenNanos = sentNanos;
        return KeepAlive.kept();
    }

    @Override
    public CompletionStage<Void> end() {
        ended = true;
        return home.calls()
                .<Boolean, Boolean>call(
                        (zooKeeper, call) -> marker.delete(zooKeeper, SessionMarker.ANY_VERSION, call),
                        (error, surelyNotSent) -> home.errors().ofSession("ended", error, surelyNotSent),
                        gone -> gone)
                .thenAccept(gone -> {});
    }

    @Override
    public String toString() {
        return "ZooKeeperSession[" + marker.path() + "]";
    }
}
