package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.List;

/** Opens locks on ZooKeeper by configuration: {@code leaderelection.lock=zookeeper}. Each lock has a session of its own. */
public final class ZooKeeperLockProvider implements ResourceLockProvider {

    private static final SettingKey CONNECT = SettingKey.of(
            "connect",
            "where ZooKeeper is, comma-separated, with an optional chroot at the end, for example"
                    + " 10.0.0.1:2181,10.0.0.2:2181/apps; required");
    private static final SettingKey PREFIX =
            SettingKey.of("prefix", "what the name is joined to; " + ZooKeeperLocks.DEFAULT_PREFIX + " by default");
    private static final SettingKey AUTH = SettingKey.secret(
            "auth", "user:password for digest authentication; what is created is then for that user alone");
    private static final SettingKey SESSION_TIMEOUT = SettingKey.of(
            "session-timeout",
            "after how long without an answer a connection is given up, for example 6s, the default");
    private static final SettingKey CONNECTION_TIMEOUT =
            SettingKey.of("connection-timeout", "the bound of one attempt to connect; 5s by default");
    private static final SettingKey REQUEST_TIMEOUT =
            SettingKey.of("request-timeout", "the bound of one request, for example 500ms; 5s by default");
    private static final SettingKey LEASES = SettingKey.of(
            "leases",
            "who watches over the lease of a leader: session (ZooKeeper) or observed (the other candidates); "
                    + ZooKeeperLocks.DEFAULT_LEASES + " by default");
    private static final SettingKey TLS_DIRECTORY = SettingKey.of(
            "tls-directory", "a directory with client.pem, client-key.pem and ca.pem, for ZooKeeper's secure port");

    /** For {@link java.util.ServiceLoader}. */
    public ZooKeeperLockProvider() {}

    @Override
    public String name() {
        return "zookeeper";
    }

    @Override
    public List<SettingKey> keys() {
        return List.of(
                CONNECT, PREFIX, AUTH, SESSION_TIMEOUT, CONNECTION_TIMEOUT, REQUEST_TIMEOUT, LEASES, TLS_DIRECTORY);
    }

    @Override
    public ResourceLock open(LockSettings settings) {
        ZooKeeperLocks.Builder builder = ZooKeeperLocks.builder().connectString(settings.require(CONNECT.name()));
        settings.get(PREFIX.name()).ifPresent(builder::prefix);
        settings.get(AUTH.name()).ifPresent(auth -> digest(builder, auth, settings.fullKey(AUTH.name())));
        settings.duration(SESSION_TIMEOUT.name()).ifPresent(builder::sessionTimeout);
        settings.duration(CONNECTION_TIMEOUT.name()).ifPresent(builder::connectionTimeout);
        settings.duration(REQUEST_TIMEOUT.name()).ifPresent(builder::requestTimeout);
        settings.get(LEASES.name())
                .map(text -> leases(text, settings.fullKey(LEASES.name())))
                .ifPresent(builder::leases);
        settings.path(TLS_DIRECTORY.name()).map(TlsConfig::fromDirectory).ifPresent(builder::tls);
        return builder.lock(settings.name(), settings.identity());
    }

    private static Leases leases(String text, String fullKey) {
        try {
            return Leases.parse(text);
        } catch (IllegalArgumentException neither) {
            throw new IllegalArgumentException(fullKey + ": " + neither.getMessage(), neither);
        }
    }

    /** Shows nothing of what may be a password. */
    private static void digest(ZooKeeperLocks.Builder builder, String auth, String fullKey) {
        int colon = auth.indexOf(':');
        if (colon < 1 || colon == auth.length() - 1) {
            throw new IllegalArgumentException(
                    fullKey + " must look like user:password, but has no colon between the two"
                            + " or nothing on one side of it");
        }
        builder.digestAuth(auth.substring(0, colon), auth.substring(colon + 1));
    }
}
