package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.WriteResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The statements on the row of one election. They block.
 *
 * <p>Versions: each creation begins an incarnation, which is 2^32 above the one before it; each update adds one. No record
 * lives through 2^32 updates, which would take 272 years at one in two seconds, so that all versions of an incarnation lie
 * below the next. The newest incarnation stands in a table of its own, where the deletion of a record does not reach it.
 *
 * @param table the name of the table, which is safe to be part of a statement
 * @param name the name of the election
 * @param timeoutSeconds the bound of each statement
 * @param errors for what is no record
 */
record JdbcTable(String table, String name, int timeoutSeconds, JdbcErrors errors) {

    private static final long INCARNATION = 1L << 32;

    /** What a record is, for reads and updates alike; the types of the columns say the rest. */
    private static final String IS_RECORD = "holder IS NOT NULL AND lease_millis >= 0 AND transitions >= 0";

    Optional<LockSnapshot> read(Connection connection) throws SQLException {
        String sql = "SELECT version, holder, lease_millis, acquire_time, renew_time, transitions," + " CASE WHEN "
                + IS_RECORD + " THEN 1 ELSE 0 END AS is_record FROM " + table + " WHERE name = ?";
        connection.setAutoCommit(true);
        try (PreparedStatement statement = prepare(connection, sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(snapshot(row)) : Optional.empty();
            }
        }
    }

    private LockSnapshot snapshot(ResultSet row) throws SQLException {
        if (row.getInt("is_record") == 0) {
            throw errors.malformed();
        }
        LeaderElectionRecord record = new LeaderElectionRecord(
                row.getString("holder"),
                Duration.ofMillis(row.getLong("lease_millis")),
                time(row, "acquire_time"),
                time(row, "renew_time"),
                row.getInt("transitions"));
        return new LockSnapshot(record, new JdbcVersion(row.getLong("version")));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /**
     * One statement, which the database runs by itself: a process that is paused in the middle of this holds no row that
     * another candidate waits for.
     */
    WriteResult update(
            Connection connection, LeaderElectionRecord record, JdbcVersion expected, Runnable pointOfNoReturn)
            throws SQLException {
        String sql = "UPDATE " + table + " SET version = ?, holder = ?, lease_millis = ?, acquire_time = ?,"
                + " renew_time = ?, transitions = ? WHERE name = ? AND version = ? AND " + IS_RECORD;
        JdbcVersion next = new JdbcVersion(expected.order() + 1);
        connection.setAutoCommit(true);
        try (PreparedStatement statement = prepare(connection, sql)) {
            fill(statement, next, record);
            statement.setLong(8, expected.order());
            pointOfNoReturn.run();
            return statement.executeUpdate() == 1 ? WriteResult.written(next) : WriteResult.conflict();
        }
    }

    /**
     * Creations come one after the other: the first statement holds the row of the incarnations until the end. A number that
     * was drawn without holding it could be used after a greater one. A process that is paused in here holds up other
     * creations, and no update, until the database drops its connection.
     */
    WriteResult create(Connection connection, LeaderElectionRecord record, Runnable pointOfNoReturn)
            throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        try {
            JdbcVersion first = beginIncarnation(connection);
            if (exists(connection)) {
                connection.rollback();
                return WriteResult.conflict();
            }
            insert(connection, first, record);
            pointOfNoReturn.run();
            connection.commit();
            return WriteResult.written(first);
        } catch (SQLException failed) {
            rollBack(connection, failed); // some drivers commit what is open when a connection is closed
            throw failed;
        }
    }

    private JdbcVersion beginIncarnation(Connection connection) throws SQLException {
        String incarnations = table + "_incarnation";
        String next = "UPDATE " + incarnations + " SET version = version + " + INCARNATION;
        try (PreparedStatement statement = prepare(connection, next)) {
            int rows = statement.executeUpdate();
            if (rows != 1) {
                throw new SQLException("expected one row in table " + incarnations + ", but there are " + rows);
            }
        }
        try (PreparedStatement statement = prepare(connection, "SELECT version FROM " + incarnations);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new JdbcVersion(row.getLong("version"));
        }
    }

    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepare(connection, "SELECT 1 FROM " + table + " WHERE name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private void insert(Connection connection, JdbcVersion first, LeaderElectionRecord record) throws SQLException {
        String sql = "INSERT INTO " + table + " (version, holder, lease_millis, acquire_time, renew_time, transitions,"
                + " name) VALUES (?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement statement = prepare(connection, sql)) {
            fill(statement, first, record);
            statement.executeUpdate();
        }
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            cause.addSuppressed(broken);
        }
    }

    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(timeoutSeconds);
        return statement;
    }

    /** The first seven parameters of a write. */
    private void fill(PreparedStatement statement, JdbcVersion version, LeaderElectionRecord record)
            throws SQLException {
        statement.setLong(1, version.order());
        statement.setString(2, record.holderIdentity());
        statement.setLong(3, record.leaseDuration().toMillis());
        setTime(statement, 4, record.acquireTime());
        setTime(statement, 5, record.renewTime());
        statement.setInt(6, record.leaderTransitions());
        statement.setString(7, name);
    }

    private static void setTime(PreparedStatement statement, int index, Optional<Instant> time) throws SQLException {
        if (time.isPresent()) {
            statement.setObject(index, time.get().atOffset(ZoneOffset.UTC));
        } else {
            statement.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
        }
    }
}
