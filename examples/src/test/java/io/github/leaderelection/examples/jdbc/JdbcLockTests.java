package io.github.leaderelection.examples.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What this lock promises beyond the suite. */
class JdbcLockTests {

    private static final LeaderElectionRecord RECORD = withLease(Duration.ofSeconds(15));

    @AutoClose
    private final Database database = new Database("lock");

    private final List<ResourceLock> opened = new ArrayList<>();

    JdbcLockTests() throws SQLException {}

    @AfterEach
    void closeLocks() {
        opened.forEach(ResourceLock::close);
    }

    private static LeaderElectionRecord withLease(Duration lease) {
        return new LeaderElectionRecord("a", lease, Optional.empty(), Optional.empty(), 0);
    }

    private ResourceLock open(JdbcLocks.Connections connections, Duration requestTimeout) {
        ResourceLock lock = new JdbcLocks(connections, JdbcLocks.DEFAULT_TABLE, requestTimeout).lock("demo", "a");
        opened.add(lock);
        return lock;
    }

    private ResourceLock open(JdbcLocks.Connections connections) {
        return open(connections, JdbcLocks.DEFAULT_REQUEST_TIMEOUT);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static LockVersion written(CompletionStage<WriteResult> stage) throws Exception {
        return assertInstanceOf(WriteResult.Written.class, answer(stage)).version();
    }

    private static <E extends LockException> E failure(Class<E> kind, CompletionStage<?> stage) {
        return assertInstanceOf(
                kind,
                assertThrows(ExecutionException.class, () -> answer(stage)).getCause());
    }

    @Test
    void aCallWithoutAnAnswerFailsAtItsDeadlineAndItsConnectionIsBroken() throws Exception {
        CountDownLatch closed = new CountDownLatch(2);
        ResourceLock lock = open(() -> BrokenConnection.unanswered(closed::countDown), Duration.ofMillis(100));
        failure(LockUnavailableException.class, lock.get());
        failure(LockIndeterminateException.class, lock.create(RECORD));
        assertTrue(closed.await(30, TimeUnit.SECONDS), "the threads came back");
    }

    @Test
    void callsDoNotPileUpWhileNoneIsAnswered() {
        ResourceLock lock = open(() -> BrokenConnection.unanswered(() -> {}), Duration.ofHours(1));
        CompletionStage<?> last = lock.get();
        for (int call = 0; call < 20; call++) {
            last = lock.create(RECORD);
        }
        String message = failure(LockUnavailableException.class, last).getMessage();
        assertTrue(String.valueOf(message).contains("not sent"), message);
    }

    /** Its statement is done, and it has not come to read the answer: a lock that it held would keep all others out. */
    @Test
    void aCandidateThatIsPausedInAnUpdateKeepsNobodyOut() throws Exception {
        ResourceLock other = open(database::candidate);
        LockVersion version = written(other.create(RECORD));
        CountDownLatch resumed = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        ResourceLock sleeper = open(() -> BrokenConnection.losingReplies(database.candidate(), () -> {
            paused.countDown();
            resumed.await();
        }));
        CompletionStage<WriteResult> sleeping = sleeper.update(RECORD, version);
        assertTrue(paused.await(30, TimeUnit.SECONDS));
        LockVersion seen = answer(other.get()).map(LockSnapshot::version).orElseThrow();
        written(other.update(RECORD, seen));
        resumed.countDown();
        failure(LockIndeterminateException.class, sleeping);
    }

    /** Else it could come in with its number after a creation with a greater one, if that record was deleted meanwhile. */
    @Test
    void noCreationOvertakesOneThatIsPaused() throws Exception {
        CountDownLatch resumed = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        ResourceLock sleeper = open(() -> BrokenConnection.pausedBeforeInsert(database.candidate(), () -> {
            paused.countDown();
            resumed.await();
        }));
        ResourceLock other = open(database::candidate);
        CompletionStage<WriteResult> sleeping = sleeper.create(RECORD);
        assertTrue(paused.await(30, TimeUnit.SECONDS));
        failure(LockUnavailableException.class, other.create(RECORD)); // after H2's lock timeout, 2 s
        resumed.countDown();
        LockVersion first = written(sleeping);
        assertEquals(WriteResult.conflict(), answer(other.create(RECORD)));
        database.execute("DELETE FROM leaderelection WHERE name = ?", "demo");
        assertTrue(written(other.create(RECORD)).order() > first.order());
    }

    @Test
    void aLeaseThatTheTableCannotHoldIsRefusedAndNotRounded() {
        ResourceLock lock = open(database::candidate);
        LeaderElectionRecord record = withLease(Duration.ofSeconds(1, 500_000));
        assertThrows(IllegalArgumentException.class, () -> lock.create(record));
        assertThrows(IllegalArgumentException.class, () -> lock.update(record, new JdbcVersion(1)));
    }

    @Test
    void aWriteThatNoConnectionWasFoundForIsSurelyNotApplied() throws Exception {
        ResourceLock lock = open(() -> {
            throw new SQLTransientConnectionException("the pool is empty", "08001");
        });
        failure(LockUnavailableException.class, lock.create(RECORD));
        assertEquals(Optional.empty(), answer(open(database::candidate).get()));
    }

    @Test
    void aDenialIsFoundInTheErrorOfAPoolThatWrapsIt() {
        ResourceLock lock = open(() -> {
            SQLException denied = new SQLException("password authentication failed", "28P01");
            throw new SQLTransientConnectionException("no connection within 5s", "08001", denied);
        });
        failure(LockDeniedException.class, lock.get());
    }

    /** A driver that lost its connection after the write was sent, and is not let in again. */
    @Test
    void aDenialThatIsNoAnswerToAWriteLeavesItsFateOpen() {
        SQLException denied = new SQLException("password authentication failed", "28P01");
        SQLException broken = new SQLException("connection lost, and not restored", "08006", denied);
        JdbcErrors errors = new JdbcErrors("demo");
        assertInstanceOf(LockIndeterminateException.class, errors.of(broken, true));
        assertInstanceOf(LockIndeterminateException.class, errors.of(denied, true));
        assertInstanceOf(LockDeniedException.class, errors.of(new SQLException("permission denied", "42501"), true));
    }

    @Test
    void withoutItsTablesALockSaysWhatItLacks() {
        JdbcLocks.Connections connections = database::candidate;
        ResourceLock lock = new JdbcLocks(connections, "elsewhere", Duration.ofSeconds(5)).lock("demo", "a");
        opened.add(lock);
        String message =
                failure(LockUnavailableException.class, lock.create(RECORD)).getMessage();
        assertTrue(String.valueOf(message).contains("ELSEWHERE"), message);
    }

    @Test
    void whatCannotBePartOfAStatementIsNoTable() {
        JdbcLocks.Connections connections = database::candidate;
        for (String table : List.of("", "a b", "a;DROP TABLE b", "a.b.c", "a--", "\"a\"")) {
            assertThrows(
                    IllegalArgumentException.class, () -> new JdbcLocks(connections, table, Duration.ofSeconds(5)));
        }
    }

    @Test
    void aUrlThatHoldsAPasswordOrThatNoDriverTakesIsRefusedAndNotShown() {
        for (String url : List.of("jdbc:h2:mem:lock;PASSWORD=hush", "jdbc:nosuch://hush")) {
            LockSettings settings = new LockSettings("jdbc", "demo", "a", Map.of("url", url));
            String message = assertThrows(IllegalArgumentException.class, () -> new JdbcLockProvider().open(settings))
                    .getMessage();
            assertTrue(String.valueOf(message).contains("leaderelection.jdbc.url"), message);
            assertFalse(String.valueOf(message).contains("hush"), message);
        }
    }
}
