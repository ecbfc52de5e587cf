package io.github.leaderelection.lock.zookeeper;

import static io.github.leaderelection.testcalls.Calls.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.Leases;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Electorate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.ZooKeeperOnlooker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A ZooKeeper that is too old for sessions: people are told so, and told what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OldZooKeeperIT {

    private static final Duration LEASE = Duration.ofSeconds(1);

    private final OldZooKeeper server = new OldZooKeeper();

    @AfterAll
    void close() {
        server.close();
    }

    private ZooKeeperLocks.Builder builder(String prefix) {
        return ZooKeeperLocks.builder().connectString(server.connectString()).prefix(prefix);
    }

    private static LockSessions sessions(ZooKeeperLocks locks) {
        return locks.lock("demo", "a").sessions().orElseThrow();
    }

    private static void assertSaysWhatToDo(String message, String prefix) {
        assertTrue(message.contains("znode " + prefix + "/.sessions at 127.0.0.1:"), message);
        assertTrue(message.contains("ZooKeeper 3.6 or later is expected, but UNIMPLEMENTED came"), message);
        assertTrue(message.contains("upgrade all its servers, or set leases to observed"), message);
    }

    /** An answer may be lost, as such a server hangs up after it: then the next one says it. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void anElectionEndsBeforeItHasWrittenAnything() {
        LeaderCallbacks nobodyLeads = new LeaderCallbacks() {
            @Override
            public void onStartedLeading(Leadership leadership) {
                throw new AssertionError("it leads: " + leadership);
            }

            @Override
            public void onStoppedLeading(Leadership ended) {}
        };
        try (ResourceLock lock = builder("/first").lock("demo", "a");
                LeaderElector elector = LeaderElectors.create(LeaderElectionConfig.builder()
                        .lock(lock)
                        .callbacks(nobodyLeads)
                        .build())) {
            LeaderElectionException failed = assertThrows(LeaderElectionException.class, elector::run);
            LockDeniedException denied = assertInstanceOf(LockDeniedException.class, failed.getCause());
            assertSaysWhatToDo(String.valueOf(denied.getMessage()), "/first");
        }
        try (ZooKeeperOnlooker onlooker = server.onlooker()) {
            assertEquals(Optional.empty(), onlooker.get("/first/demo"));
        }
    }

    @Test
    void noSessionIsOpenedThatNobodyCouldFollow() {
        try (ZooKeeperLocks locks = builder("/open").connect();
                ZooKeeperOnlooker onlooker = server.onlooker()) {
            String message = String.valueOf(
                    failure(LockDeniedException.class, sessions(locks).open(LEASE))
                            .getMessage());
            assertSaysWhatToDo(message, "/open");
            assertEquals(Optional.empty(), onlooker.get("/open"));
        }
    }

    /** As when the servers of an ensemble are upgraded one by one: somebody leads by a session, and this one cannot be followed here. */
    @Test
    void whoeverCannotFollowASessionSaysSoInTheLogOnceAndGoesOnTrying() {
        SessionMarker marker = new SessionMarker("/follow/.sessions", "of-somebody");
        try (ZooKeeperOnlooker onlooker = server.onlooker();
                TcpProxy proxy = TcpProxy.to(server.port());
                LogLines log = new LogLines();
                ZooKeeperLocks locks = builder("/follow")
                        .connectString("127.0.0.1:" + proxy.port())
                        .connect()) {
            onlooker.put(marker.path(), new String(marker.bytes(LEASE, Instant.now()), StandardCharsets.UTF_8));
            AtomicInteger ends = new AtomicInteger();
            sessions(locks).watch(marker.id(), ends::incrementAndGet);
            Eventually.isTrue("it is logged", () -> !log.lines.isEmpty());
            assertSaysWhatToDo(log.lines.get(0), "/follow");
            Eventually.isTrue("it is tried again", () -> proxy.acceptedCount() > 4); // such a server hangs up each time
            assertEquals(1, log.lines.size(), log.lines::toString);
            assertEquals(0, ends.get());
            assertTrue(onlooker.get(marker.path()).isPresent());
        }
    }

    /** What people are told to do instead of an upgrade. */
    @Test
    void leadersThatRenewTheirRecordsLeadThereAndHandOver() {
        try (Electorate electorate = new Electorate()) {
            ZooKeeperLocks.Builder builder = builder("/observed").leases(Leases.OBSERVED);
            Candidate first = electorate.enter(builder.lock("demo", "a"), Candidate.Timing.QUICK);
            first.awaitTenure(1);
            Candidate next = electorate.enter(builder.lock("demo", "b"), Candidate.Timing.QUICK);
            Eventually.isTrue("it sees who leads", () -> next.leader().equals(Optional.of("a")));
            first.close();
            next.awaitTenure(1);
        }
    }
}
