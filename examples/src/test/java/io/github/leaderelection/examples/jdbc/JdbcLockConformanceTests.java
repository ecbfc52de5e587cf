package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.conformance.ResourceLockConformance;
import io.github.leaderelection.spi.ResourceLock;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/** The suite that every lock passes, over H2. */
class JdbcLockConformanceTests extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() throws SQLException {
        return new Harness();
    }

    private static final class Harness implements LockHarness {

        private final Database database = new Database("conformance");

        Harness() throws SQLException {}

        private static ResourceLock open(JdbcLocks.Connections connections, String election, String identity) {
            return open(connections, JdbcLocks.DEFAULT_REQUEST_TIMEOUT, election, identity);
        }

        private static ResourceLock open(
                JdbcLocks.Connections connections, Duration requestTimeout, String election, String identity) {
            return new JdbcLocks(connections, JdbcLocks.DEFAULT_TABLE, requestTimeout).lock(election, identity);
        }

        @Override
        public ResourceLock open(String election, String identity) {
            return open(database::candidate, election, identity);
        }

        @Override
        public void delete(String election) throws SQLException {
            database.execute("DELETE FROM leaderelection WHERE name = ?", election);
        }

        /** Leaves the version as it is: that alone must not make the row a record. */
        @Override
        public void corrupt(String election) throws SQLException {
            if (database.execute("UPDATE leaderelection SET lease_millis = -1 WHERE name = ?", election) == 0) {
                database.execute("INSERT INTO leaderelection VALUES (?, 7, 'a', -1, NULL, NULL, 0)", election);
            }
        }

        @Override
        public ResourceLock openUnavailable(String election, String identity) {
            return open(() -> DriverManager.getConnection("jdbc:h2:tcp://127.0.0.1:1/nobody"), election, identity);
        }

        @Override
        public ResourceLock openDenied(String election, String identity) {
            return open(database::stranger, election, identity);
        }

        @Override
        public ResourceLock openUnanswered(String election, String identity) {
            JdbcLocks.Connections silent = () -> BrokenConnection.unanswered(() -> {});
            return open(silent, Duration.ofHours(1), election, identity);
        }

        @Override
        public ResourceLock openLosingReplies(String election, String identity) {
            return open(() -> BrokenConnection.losingReplies(database.candidate(), () -> {}), election, identity);
        }

        @Override
        public ProviderSettings providerSettings() {
            return new ProviderSettings("jdbc", database.settings(), Set.of("url"));
        }

        @Override
        public void close() {
            try {
                database.close();
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
