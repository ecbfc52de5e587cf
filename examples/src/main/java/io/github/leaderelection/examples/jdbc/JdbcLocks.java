package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.spi.ResourceLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Opens locks on a table of a database.
 * <pre>{@code
 * ResourceLock lock = new JdbcLocks(dataSource).lock("demo/scheduler", "pod-a");
 * }</pre>
 *
 * <p>The tables of {@link #schema()} must be there. The database must keep what it has answered, also over a failover, and
 * must be asked where it is written: a replica that lags tells what was. Candidates need the rights to select, insert and
 * update. Each call takes a connection and closes it; a pool must hand its connections out as if they were new.
 *
 * <p>Immutable; may be used from any thread. Holds nothing open: what is to be closed are the locks.
 */
public final class JdbcLocks {

    /** The default name of the table. */
    public static final String DEFAULT_TABLE = "leaderelection";

    /**
     * The default bound of one request: 5 s. Half of the default renew deadline, so that a renewal which gets no answer
     * leaves time for another one.
     */
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** The name becomes part of statements, which have no parameter for it. */
    private static final Pattern TABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*\\.)?[A-Za-z_][A-Za-z0-9_]*");

    private static final String SCHEMA = """
            CREATE TABLE %1$s (
                name VARCHAR(255) PRIMARY KEY,
                version BIGINT NOT NULL,
                holder VARCHAR(1000) NOT NULL,
                lease_millis BIGINT NOT NULL,
                acquire_time TIMESTAMP(6) WITH TIME ZONE,
                renew_time TIMESTAMP(6) WITH TIME ZONE,
                transitions INTEGER NOT NULL);
            CREATE TABLE %1$s_incarnation (version BIGINT NOT NULL);
            INSERT INTO %1$s_incarnation VALUES (0);
            """;

    /** Opens a connection; may block. */
    @FunctionalInterface
    interface Connections {
        Connection open() throws SQLException;
    }

    private final Connections connections;
    private final String table;
    private final Duration requestTimeout;

    /** Locks on the default table, with the default timeout. */
    public JdbcLocks(DataSource dataSource) {
        this(dataSource::getConnection, DEFAULT_TABLE, DEFAULT_REQUEST_TIMEOUT);
    }

    /**
     * Locks on a table.
     *
     * @param table its name, with or without its schema
     * @param requestTimeout the bound of one request, from 100 ms to 1 h
     * @throws IllegalArgumentException if the table has no plain name, or the timeout is out of bounds
     */
    public JdbcLocks(DataSource dataSource, String table, Duration requestTimeout) {
        this(dataSource::getConnection, table, requestTimeout);
    }

    JdbcLocks(Connections connections, String table, Duration requestTimeout) {
        this.connections = connections;
        this.table = table;
        this.requestTimeout = requestTimeout;
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException(
                    "table must be name or schema.name in letters, digits and _, but is '" + table + "'");
        }
        if (requestTimeout.toMillis() < 100 || requestTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("requestTimeout must be from 100ms to 1h, but is " + requestTimeout);
        }
    }

    /** The statements that make the tables, to be run once by somebody who may. */
    public String schema() {
        return SCHEMA.formatted(table);
    }

    /**
     * A lock for one candidate of one election. To be closed by the caller.
     *
     * @param name the name of the election; not blank
     * @param identity the identity of the candidate; not blank
     * @throws IllegalArgumentException if one is blank
     */
    public ResourceLock lock(String name, String identity) {
        if (name.isBlank() || identity.isBlank()) {
            throw new IllegalArgumentException(
                    "name and identity must not be blank, but are '" + name + "' and '" + identity + "'");
        }
        JdbcErrors errors = new JdbcErrors("row '" + name + "' of table " + table);
        int timeoutSeconds = (int) requestTimeout.plusMillis(999).toSeconds(); // JDBC knows no finer ones
        return new JdbcLock(
                identity,
                name + " (" + errors.place() + ")",
                new JdbcTable(table, name, timeoutSeconds, errors),
                new JdbcCalls(connections, requestTimeout, errors));
    }
}
