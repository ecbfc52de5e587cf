package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.lock.support.Complaint;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import io.github.leaderelection.testservers.ZooKeeperServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a follower makes of a connection that is lost, and leaves behind when it goes. The marker is on a real ZooKeeper, the follower
 * behind a network that is cut; where another member would have to lag, the test plays it.
 */
class SessionWatchIT {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final ZooKeeperServer server = ZooKeeperServer.start();
    private final TcpProxy proxy = TcpProxy.to(server.port());
    /** Its session outlives each outage here: what is to end it is the loss of all data. */
    private final CuratorFramework client = CuratorFrameworkFactory.builder()
            .connectString("127.0.0.1:" + proxy.port())
            .sessionTimeoutMs(30_000)
            .connectionTimeoutMs(2000)
            .retryPolicy(new RetryOneTime(10))
            .ensembleTracker(false) // which would keep a watch, too
            .build();

    private final ZooKeeperConnection connection =
            new ZooKeeperConnection(client, client::close, Duration.ofSeconds(20));
    private final ZooKeeperErrors errors = new ZooKeeperErrors("the marker", Optional.empty());
    private final ZooKeeperCalls calls = new ZooKeeperCalls(connection, errors::closed);
    private final SessionMarker marker = new SessionMarker("/sessions", "of-somebody-silent");
    private final AtomicInteger ends = new AtomicInteger();
    private final SessionFollower follower = new SessionFollower(ends::incrementAndGet, closing -> {});
    private final SessionWatch watch = watchOf(marker);

    @AfterEach
    void close() {
        calls.close();
        connection.close();
        proxy.close();
        server.close();
    }

    private SessionWatch watchOf(SessionMarker followed) {
        return new SessionWatch(connection, calls, errors, followed, new Complaint(), () -> {});
    }

    private List<SessionWatch> watchesOfMany() {
        List<SessionMarker> markers = IntStream.range(0, 50)
                .mapToObj(i -> new SessionMarker("/sessions", "of-somebody-" + i))
                .toList();
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            markers.forEach(each -> write(onlooker, each));
        }
        return markers.stream().map(this::watchOf).toList();
    }

    private void connect() {
        client.start();
        awaitConnected();
    }

    private void awaitConnected() {
        Eventually.isTrue("there is a connection", connection::isConnected);
    }

    private void loseConnection() {
        proxy.refuse();
        Eventually.isTrue("the connection is lost", () -> !connection.isConnected());
    }

    /** Writes the marker, from where no network is cut, and counts its version up by one. */
    private void write() {
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            write(onlooker, marker);
        }
    }

    private static void write(ZooKeeperOnlooker onlooker, SessionMarker written) {
        onlooker.put(written.path(), new String(written.bytes(LEASE, Instant.now()), StandardCharsets.UTF_8));
    }

    private void onThread(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        connection.thread().run(() -> {
            task.run();
            done.complete(null);
        });
        answer(done);
    }

    private void follow() {
        onThread(() -> watch.add(follower));
    }

    private void go() {
        onThread(() -> watch.remove(follower));
    }

    /** Until the watch has taken in what it asked for, and what ZooKeeper tells it of all that has happened so far. */
    private void awaitTold() {
        answer(calls.call(
                (zooKeeper, call) -> marker.look(zooKeeper, null, call),
                (error, surelyNotSent) -> errors.ofRead(error),
                Function.<Optional<RecordRead.Found>>identity()));
        onThread(() -> {});
    }

    private void awaitEnd() {
        Eventually.isTrue("the end of the session is told", () -> ends.get() > 0);
        assertEquals(1, ends.get());
    }

    private static void assertLeaseHasPassedSince(long beginNanos) {
        Duration lasted = Duration.ofNanos(System.nanoTime() - beginNanos);
        assertTrue(lasted.compareTo(LEASE) >= 0, "it ended after " + lasted);
    }

    private long watchCount() {
        return server.counts().getOrDefault("watch_count", -1L);
    }

    private void awaitNoWatch() {
        Eventually.isTrue("the server keeps no watch", () -> watchCount() == 0);
    }

    // ---- changes are counted on one connection only

    private void isToldOfOneWriteAndLosesItsConnection() {
        connect();
        write();
        follow();
        awaitTold();
        write();
        awaitTold();
        loseConnection();
    }

    /**
     * A member that lags tells of the change that another one has told of before it, and is lost with the next change untold. Two were
     * told of then, and the marker's version is up by two: but the newer one nobody has told of, and it came later than what was told.
     */
    @Test
    void aChangeThatIsToldTwiceDoesNotStandForOneThatIsNeverTold() {
        isToldOfOneWriteAndLosesItsConnection();
        watch.process(new WatchedEvent(EventType.None, KeeperState.Disconnected, null)); // if it is not told yet
        watch.process(new WatchedEvent(EventType.NodeDataChanged, KeeperState.SyncConnected, marker.path()));
        LockSupport.parkNanos(LEASE.multipliedBy(3).dividedBy(4).toNanos());
        long writtenNanos = System.nanoTime();
        write();
        proxy.heal();
        awaitEnd();
        assertLeaseHasPassedSince(writtenNanos);
    }

    /** Versions begin anew when all data is lost, and a marker that was brought back may reach the one that was counted up to. */
    @Test
    void aCountFromBeforeALossOfDataSaysNothingOfWhatStandsThereAfterIt() {
        isToldOfOneWriteAndLosesItsConnection();
        server.restartEmpty();
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            for (int i = 0; i < 30; i++) {
                onlooker.put("/filler", "something"); // or a client that has seen a higher zxid is sent away
            }
        }
        write();
        long writtenNanos = System.nanoTime();
        write();
        proxy.heal();
        awaitEnd();
        assertLeaseHasPassedSince(writtenNanos);
    }

    /** What was told of over one connection is known over the next one, and the lease counts on. */
    @Test
    void aSilentSessionEndsThoughTheConnectionIsLostMoreOftenThanOnceInALease() {
        connect();
        write();
        follow();
        awaitTold();
        long writtenNanos = System.nanoTime();
        write();
        awaitTold();
        while (ends.get() == 0) {
            Duration lasted = Duration.ofNanos(System.nanoTime() - writtenNanos);
            assertTrue(lasted.compareTo(LEASE.multipliedBy(10)) < 0, "nothing has ended within " + lasted);
            proxy.resetConnections();
            LockSupport.parkNanos(LEASE.multipliedBy(3).dividedBy(4).toNanos());
        }
        awaitEnd();
        assertLeaseHasPassedSince(writtenNanos);
    }

    // ---- watches are taken back

    @Test
    void aWatchThatIsAnsweredWhenItsFollowerHasGoneIsTakenBack() {
        connect();
        write();
        proxy.cutReplies();
        follow();
        Eventually.isTrue("the server keeps a watch", () -> watchCount() > 0);
        go();
        proxy.heal();
        awaitTold();
        awaitNoWatch();
    }

    /** Many, as what waits for a connection is sent in no order. */
    @Test
    void followersThatGoWhileTheyWaitForAConnectionSetNoWatch() {
        connect();
        List<SessionWatch> watches = watchesOfMany();
        loseConnection();
        onThread(() -> watches.forEach(each -> each.add(follower)));
        onThread(() -> watches.forEach(each -> each.remove(follower)));
        proxy.heal();
        awaitConnected();
        awaitTold();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300)); // whatever waited for the connection is sent
        assertEquals(0, watchCount());
    }

    /** Goes on only when all that were told before it have done what they do. */
    private final class SlowWatcher implements Watcher {
        @Override
        public void process(WatchedEvent event) {
            onThread(() -> {});
        }
    }

    /**
     * A client sets its watches again when it reconnects, also those that nobody wants any more. It tells all its watchers of that one after
     * the other, Curator among them: whoever is told before Curator is must not leave it at that there seems to be no connection.
     */
    @Test
    void watchesWhoseFollowersWentWhileTheConnectionWasLostAreTakenBackWithTheNextOne() throws Exception {
        connect();
        for (int i = 0; i < 50; i++) {
            connection.zooKeeper().exists("/nothing-" + i, new SlowWatcher());
        }
        long others = watchCount();
        List<SessionWatch> watches = watchesOfMany();
        onThread(() -> watches.forEach(each -> each.add(follower)));
        awaitTold();
        assertTrue(watchCount() > others);
        loseConnection();
        onThread(() -> watches.forEach(each -> each.remove(follower)));
        proxy.heal();
        awaitConnected();
        awaitTold();
        Eventually.isTrue("the server keeps no other watch", () -> watchCount() == others);
    }

    /** A look that is just being sent can no longer be called off, and may be sent after what takes its watch back. */
    private void setWatchLate() {
        connect();
        write();
        follow();
        awaitTold();
        go();
        awaitTold();
        awaitNoWatch();
        answer(calls.call(
                (zooKeeper, call) -> marker.look(zooKeeper, watch, call),
                (error, surelyNotSent) -> errors.ofRead(error),
                Function.<Optional<RecordRead.Found>>identity()));
        assertTrue(watchCount() > 0);
    }

    @Test
    void aWatchThatIsSetWhenItsFollowerHasGoneIsTakenBackAtTheFirstChange() {
        setWatchLate();
        write();
        awaitTold();
        awaitNoWatch();
        assertEquals(0, ends.get());
    }

    @Test
    void aWatchThatIsSetWhenItsFollowerHasGoneIsTakenBackWithTheNextConnection() {
        setWatchLate();
        loseConnection();
        proxy.heal();
        awaitConnected();
        awaitTold();
        awaitNoWatch();
        assertEquals(0, ends.get());
    }
}
