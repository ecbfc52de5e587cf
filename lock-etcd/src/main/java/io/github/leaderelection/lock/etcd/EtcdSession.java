package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A session of this client: a marker that it rewrites to keep the session alive, and that others delete to end it.
 *
 * <p><b>Why a session does not end too soon.</b> To keep it alive is to write its marker, on condition that it is still the one
 * that was made when the session was opened. Who follows the session notes on its own clock when it first sees that version,
 * and deletes the marker, on condition that it is still that version, when the lease has passed since then. So
 *
 * <ol>
 *   <li>a version is sent before it is applied, and applied before anybody sees it: the lease that others wait for begins
 *       after the client's, which counts from the sending;
 *   <li>who waited for one version cannot delete a later one, and each write makes a later one;
 *   <li>a write whose reply is lost only makes the others wait longer, and the client trusts in none but those whose
 *       reply it has; one that comes late, after the end, is not applied, since the marker that it asks for is gone.
 * </ol>
 *
 * <p>A leader answers for the renew deadline, which is shorter than the lease. So the two do not meet while the clocks of
 * client and followers run at rates that differ by less than the lease divided by the renew deadline. No clock of etcd matters.
 *
 * <p><b>Why not a lease of etcd.</b> It would be deleted by etcd itself, by the clock of its leader. Before etcd 3.4.31 and
 * 3.5.13 a leader that was frozen for a lease may, as it thaws, take the lease for lapsed and have it revoked by its
 * successor, which has it renewed
 * (<a href="https://github.com/etcd-io/etcd/issues/15247">etcd issue 15247</a>): a living session, proven to be alive, would end.
 */
final class EtcdSession implements LockSession {

    /** A client that holds nothing writes once in so many leases; see {@link SessionSweep}. */
    private static final int IDLE_LEASES = 4;

    private final EtcdSessions sessions;
    private final Opened opened;
    private volatile long writtenNanos;
    private volatile boolean ended;

    /** The session whose marker was made. */
    EtcdSession(EtcdSessions sessions, Opened opened) {
        this.sessions = sessions;
        this.opened = opened;
        this.writtenNanos = opened.sentNanos();
    }

    /**
     * What is known of a session from its beginning on.
     *
     * @param id the session
     * @param lease its lease
     * @param time when it was opened, for people
     * @param sentNanos when the request was sent that opened it, in the time of {@link System#nanoTime()}
     * @param revision the create revision of its marker
     */
    record Opened(String id, Duration lease, Instant time, long sentNanos, long revision) {}

    @Override
    public String id() {
        return opened.id();
    }

    @Override
    public CompletionStage<KeepAlive> keepAlive(boolean proof) {
        if (ended) {
            return CompletableFuture.completedFuture(KeepAlive.ended());
        }
        long sentNanos = System.nanoTime();
        boolean fresh = sentNanos - writtenNanos < IDLE_LEASES * opened.lease().toNanos();
        if (!proof && fresh && !sessions.isClosed()) {
            return CompletableFuture.completedFuture(KeepAlive.kept());
        }
        Op rewrite = Op.put(
                sessions.markers().key(opened.id()),
                sessions.markers().value(opened.id(), opened.lease(), opened.time()),
                PutOption.DEFAULT);
        return sessions.change(isOurs(), rewrite, sessions.errors()::ofKeepAlive, applied -> {
            if (applied) {
                writtenNanos = sentNanos;
                return KeepAlive.kept();
            }
            ended = true;
            return KeepAlive.ended();
        });
    }

    /** That the marker is there, and that it is not one that was made anew. */
    private Cmp isOurs() {
        return new Cmp(sessions.markers().key(opened.id()), Cmp.Op.EQUAL, CmpTarget.createRevision(opened.revision()));
    }

    @Override
    public CompletionStage<Void> end() {
        Op delete = Op.delete(sessions.markers().key(opened.id()), DeleteOption.DEFAULT);
        return sessions.change(isOurs(), delete, sessions.errors()::ofEnd, deletedOrGone -> {
            ended = true;
            return null;
        });
    }

    @Override
    public String toString() {
        return "EtcdSession[" + opened.id() + "]";
    }
}
