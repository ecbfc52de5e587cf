package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** Opens locks on a table by configuration: {@code leaderelection.lock=jdbc}. Each call makes a connection of its own. */
public final class JdbcLockProvider implements ResourceLockProvider {

    private static final SettingKey URL =
            SettingKey.of("url", "the JDBC URL of the database, without a password; required");
    private static final SettingKey USER = SettingKey.of("user", "the user of the database");
    private static final SettingKey PASSWORD = SettingKey.secret("password", "the user's password");
    private static final SettingKey TABLE = SettingKey.of(
            "table", "the table of the records, with its schema if wanted; " + JdbcLocks.DEFAULT_TABLE + " by default");
    private static final SettingKey REQUEST_TIMEOUT =
            SettingKey.of("request-timeout", "the bound of one request, for example 500ms; 5s by default");

    /** For {@link java.util.ServiceLoader}. */
    public JdbcLockProvider() {}

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public List<SettingKey> keys() {
        return List.of(URL, USER, PASSWORD, TABLE, REQUEST_TIMEOUT);
    }

    @Override
    public ResourceLock open(LockSettings settings) {
        String url = url(settings);
        Properties login = new Properties();
        settings.get(USER.name()).ifPresent(user -> login.setProperty("user", user));
        settings.get(PASSWORD.name()).ifPresent(password -> login.setProperty("password", password));
        JdbcLocks locks = new JdbcLocks(
                () -> DriverManager.getConnection(url, login),
                settings.get(TABLE.name()).orElse(JdbcLocks.DEFAULT_TABLE),
                settings.duration(REQUEST_TIMEOUT.name()).orElse(JdbcLocks.DEFAULT_REQUEST_TIMEOUT));
        return locks.lock(settings.name(), settings.identity());
    }

    /** Shows nothing of the URL, in which people put passwords all the same. */
    private static String url(LockSettings settings) {
        String url = settings.require(URL.name());
        String key = settings.fullKey(URL.name());
        if (url.toLowerCase(Locale.ROOT).contains("password")) {
            throw new IllegalArgumentException(
                    key + " must hold no password: give it as " + settings.fullKey(PASSWORD.name()));
        }
        try {
            DriverManager.getDriver(url); // does not connect
        } catch (SQLException noDriver) {
            throw new IllegalArgumentException(
                    key + ": no driver on the class path takes this URL; correct it, or add the driver", noDriver);
        }
        return url;
    }
}
