package io.github.leaderelection.examples.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** H2 in the memory of this process, with the tables of the lock and a user that has just the rights of a candidate. */
final class Database implements AutoCloseable {

    static final String USER = "candidate";
    static final String PASSWORD = "the candidate's secret";

    private final String url;
    private final Connection owner;

    Database(String name) throws SQLException {
        url = "jdbc:h2:mem:" + name;
        owner = connect("owner", "the owner's secret");
        try (Statement statement = owner.createStatement()) {
            statement.execute(
                    new JdbcLocks(() -> owner, JdbcLocks.DEFAULT_TABLE, JdbcLocks.DEFAULT_REQUEST_TIMEOUT).schema());
            statement.execute("CREATE USER " + USER + " PASSWORD 'the candidate''s secret'");
            statement.execute("GRANT SELECT, INSERT, UPDATE ON leaderelection TO " + USER);
            statement.execute("GRANT SELECT, UPDATE ON leaderelection_incarnation TO " + USER);
            statement.execute("CREATE USER stranger PASSWORD 'the stranger''s secret'");
        }
    }

    private Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    Connection candidate() throws SQLException {
        return connect(USER, PASSWORD);
    }

    Connection stranger() throws SQLException {
        return connect("stranger", "the stranger's secret");
    }

    Map<String, String> settings() {
        return Map.of("url", url, "user", USER, "password", PASSWORD);
    }

    /** Runs a statement as the owner, with the name of an election as its one parameter. */
    int execute(String sql, String election) throws SQLException {
        try (PreparedStatement statement = owner.prepareStatement(sql)) {
            statement.setString(1, election);
            return statement.executeUpdate();
        }
    }

    /** Also if somebody else still has a connection. */
    @Override
    public void close() throws SQLException {
        try (owner;
                Statement statement = owner.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }
}
