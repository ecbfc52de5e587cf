package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockCapabilities;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.Subscription;
import io.github.leaderelection.spi.WriteResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A record in one row of a table. Candidates poll it: JDBC has nothing to be told of a change by. */
final class JdbcLock implements ResourceLock {

    private static final LockCapabilities CAPABILITIES =
            new LockCapabilities(false, Duration.ofMillis(1), Duration.ofMillis(1));

    private final String identity;
    private final String description;
    private final JdbcTable table;
    private final JdbcCalls calls;

    JdbcLock(String identity, String description, JdbcTable table, JdbcCalls calls) {
        this.identity = identity;
        this.description = description;
        this.table = table;
        this.calls = calls;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public LockCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletionStage<Optional<LockSnapshot>> get() {
        return calls.start(false, (connection, pointOfNoReturn) -> table.read(connection));
    }

    @Override
    public CompletionStage<WriteResult> create(LeaderElectionRecord record) {
        requireWholeMillis(record);
        requireNoSession(record);
        return calls.start(true, (connection, pointOfNoReturn) -> table.create(connection, record, pointOfNoReturn));
    }

    @Override
    public CompletionStage<WriteResult> update(LeaderElectionRecord record, LockVersion expected) {
        requireWholeMillis(record);
        requireNoSession(record);
        if (!(expected instanceof JdbcVersion version)) {
            throw new IllegalArgumentException("expected a version of a record in a table, but came "
                    + expected.getClass().getName() + "; hand back what this kind of lock handed out");
        }
        return calls.start(
                true, (connection, pointOfNoReturn) -> table.update(connection, record, version, pointOfNoReturn));
    }

    /** Refused and not rounded: a lease that is shorter than its holder believes lets another one in too early. */
    private static void requireWholeMillis(LeaderElectionRecord record) {
        if (record.leaseDuration().toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "leaseDuration must be a whole number of milliseconds, but is " + record.leaseDuration());
        }
    }

    private static void requireNoSession(LeaderElectionRecord record) {
        if (record.session().isPresent()) {
            throw new IllegalArgumentException("a row is held by no session, but the record names '"
                    + record.session().get() + "'");
        }
    }

    @Override
    public Subscription watch(LockWatcher watcher) {
        throw new UnsupportedOperationException("a table tells of no change: read it, as capabilities() demand");
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public String toString() {
        return "JdbcLock[" + description + ", identity=" + identity + "]";
    }
}
