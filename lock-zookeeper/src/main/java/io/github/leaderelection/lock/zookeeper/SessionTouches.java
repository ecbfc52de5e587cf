package io.github.leaderelection.lock.zookeeper;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * From which time on ZooKeeper counts the timeout of a session, at least.
 *
 * <p>Only the leader of the ensemble ends sessions, and it counts from the last touch that reached it. A member that a client
 * is connected to notes each request of the session as a touch, but does not pass it on with that request: it hands what it
 * noted to the leader with its answers to the leader's pings, one each half tick. So a write that was just committed proves
 * that the session was alive, and does not prove that it was touched at the leader since some older request.
 *
 * <p>What proves that is the order of messages, as each of the two sends to the other in one stream:
 * <ol>
 *   <li>A {@code sync} is sent at <i>s</i>, then a write, which is answered at <i>a</i>; its answer came from the leader. At
 *       <i>s</i> or later, the member has noted two touches: one may be lost, if it comes while the member hands them over.
 *   <li>A pause or more after <i>a</i>, the next {@code sync} is sent, and answered. The pause is as long as the leader
 *       lets pass between two pings, so it sent one after the first answer and before the second. The member got it before the
 *       second answer, and answered it with the touch, unless an earlier answer took the touch along since <i>s</i>.
 *   <li>A write is sent after that. The member passes it on behind its answer to the ping: when the leader takes the write up,
 *       it has counted anew, at <i>s</i> or later. The write is committed: no end of the session came before it, and none comes
 *       before the timeout has passed since <i>s</i>.
 * </ol>
 *
 * <p>The chain holds through changes as well. A client that changes to another member is vouched for by the leader, who counts
 * anew with that. A leader that takes office gives each session its whole timeout from then on, and it takes office after the
 * last write that the one before it committed. A leader that was deposed commits nothing. A write and its answer do not
 * outlive the connection on which they were sent.
 *
 * <p>Times are those of {@link System#nanoTime()}. May be used from any thread.
 */
final class SessionTouches {

    private final long pauseNanos;
    private final Queue<Answered> answered = new ArrayDeque<>();
    private long sinceNanos;

    private record Answered(long sentNanos, long answeredNanos) {}

    /**
     * Of a session that the leader has counted anew already.
     *
     * @param sinceNanos when, at the earliest
     * @param pauseNanos the longest time between two pings of the leader
     */
    SessionTouches(long sinceNanos, long pauseNanos) {
        this.sinceNanos = sinceNanos;
        this.pauseNanos = pauseNanos;
    }

    /**
     * Takes in that a write was answered, by the leader's commit.
     *
     * @param sentNanos when the {@code sync} before it was sent
     */
    synchronized void answered(long sentNanos, long answeredNanos) {
        answered.add(new Answered(sentNanos, answeredNanos));
    }

    /**
     * From when on the timeout counts, given a committed write that was sent after the answer to a {@code sync}.
     *
     * @param syncNanos when the sync was sent
     */
    synchronized long countedSince(long syncNanos) {
        for (Answered next = answered.peek();
                next != null && syncNanos - next.answeredNanos >= pauseNanos;
                next = answered.peek()) {
            answered.remove();
            if (next.sentNanos - sinceNanos > 0) {
                sinceNanos = next.sentNanos;
            }
        }
        return sinceNanos;
    }
}
