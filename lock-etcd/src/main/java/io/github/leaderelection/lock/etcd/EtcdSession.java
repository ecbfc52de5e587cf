package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSession;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A lease of etcd, and the marker that is attached to it. The id is that of the lease, in sixteen lower-case hexadecimal digits.
 *
 * <p><b>When a keep-alive is proven.</b> Leases are kept by the leader of etcd alone, in its memory. A leader that was deposed
 * and does not know yet (it was frozen, or is cut off from the others) renews a lease that the new leader lets lapse, and answers
 * as ever. So the answer alone proves nothing. A linearizable read that is sent after the answer makes it a proof, if both come
 * with the same term in their headers:
 *
 * <ol>
 *   <li>A member fills in the header of the answer before it renews the lease, or hands the renewal on to the leader that it
 *       knows. A member knows the leader of a term before it shows the term. So whoever renewed took itself for the leader of
 *       the header's term, or of a later one.
 *   <li>The read was answered because a majority confirmed some leader after the read was sent, so after the lease was renewed.
 *       The term of that leader is no later than that in the header of the read: a leader answers reads only when an entry of
 *       its own term is committed, and the member that answers has applied that entry before it fills in the header.
 *   <li>If both headers show the same term, then the confirmed leader's term is no later than the renewer's. Nor is it an
 *       earlier one: a majority that had voted for the renewer would not have confirmed a leader of an earlier term. So the two
 *       are one and the same leader, and it was in office when it renewed the lease.
 *   <li>Its successors, if any, let every lease begin anew with its whole time when they take office.
 * </ol>
 *
 * <p>If the terms differ nothing is known, and the next keep-alive will tell.
 *
 * <p><b>What a proof cannot keep etcd from.</b> Before etcd 3.4.31 and 3.5.13 a leader that was frozen for a whole lease may, in the
 * moment in which it thaws, take the lease for lapsed and have it revoked by its successor, though the successor has it renewed
 * (<a href="https://github.com/etcd-io/etcd/issues/15247">etcd issue 15247</a>). Such a session ends before its time.
 */
final class EtcdSession implements LockSession {

    private final EtcdSessions sessions;
    private final long lease;
    private final String id;

    /** The session whose lease was granted. */
    EtcdSession(EtcdSessions sessions, long lease) {
        this.sessions = sessions;
        this.lease = lease;
        this.id = HexFormat.of().toHexDigits(lease);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public CompletionStage<KeepAlive> keepAlive(boolean proof) {
        CompletableFuture<Optional<LeaseKeepAliveResponse>> answer = sessions.calls()
                .send(
                        client -> unlessGone(client.getLeaseClient().keepAliveOnce(lease)),
                        (error, surelyNotSent) -> sessions.errors().ofKeepAlive(error),
                        found -> found.filter(reply -> reply.getTTL() > 0));
        return InTurn.send(answer, found -> {
            if (found.isEmpty()) {
                return sessions.read(id, this::ended);
            }
            return proof
                    ? sessions.read(id, read -> proven(found.get(), read))
                    : CompletableFuture.completedFuture(KeepAlive.kept());
        });
    }

    /**
     * A leader that has just taken office may not have come to the grant of a lease yet.
     *
     * @throws LockException if the session lives on
     */
    private KeepAlive ended(GetResponse read) {
        if (EtcdSessions.isMarked(read)) {
            throw sessions.errors().leaseMissed();
        }
        return KeepAlive.ended();
    }

    /**
     * See the class.
     *
     * @throws LockException if it is not proven
     */
    private KeepAlive proven(LeaseKeepAliveResponse answer, GetResponse read) {
        if (!EtcdSessions.isMarked(read)) {
            return KeepAlive.ended();
        }
        long keptAliveTerm = answer.getHeader().getRaftTerm();
        long readTerm = read.getHeader().getRaftTerm();
        if (keptAliveTerm != readTerm) {
            throw sessions.errors().leaderChanged(keptAliveTerm, readTerm);
        }
        return KeepAlive.kept();
    }

    @Override
    public CompletionStage<Void> end() {
        return sessions.calls()
                .send(
                        client -> unlessGone(client.getLeaseClient().revoke(lease)),
                        sessions.errors()::ofEnd,
                        revoked -> null);
    }

    /** The reply; empty if etcd has no such lease, or not any more. */
    private static <T> CompletableFuture<Optional<T>> unlessGone(CompletableFuture<T> reply) {
        Function<Throwable, CompletableFuture<Optional<T>>> orFailure = error -> EtcdErrors.isLeaseGone(error)
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(error);
        return reply.thenApply(Optional::of).exceptionallyCompose(orFailure);
    }

    @Override
    public String toString() {
        return "EtcdSession[" + id + "]";
    }
}
