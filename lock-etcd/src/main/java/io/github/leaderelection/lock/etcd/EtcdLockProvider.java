package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.List;
import java.util.Optional;

/** Opens locks on etcd by configuration: {@code leaderelection.lock=etcd}. Each lock has a connection of its own. */
public final class EtcdLockProvider implements ResourceLockProvider {

    private static final SettingKey ENDPOINTS =
            SettingKey.of("endpoints", "where etcd is, comma-separated, for example http://127.0.0.1:2379; required");
    private static final SettingKey PREFIX =
            SettingKey.of("prefix", "what the name is joined to; " + EtcdLocks.DEFAULT_PREFIX + " by default");
    private static final SettingKey USER = SettingKey.of("user", "the user of etcd; none by default");
    private static final SettingKey PASSWORD = SettingKey.secret("password", "the password of that user");
    private static final SettingKey TLS_DIRECTORY = SettingKey.of(
            "tls-directory", "a directory with client.pem, client-key.pem and ca.pem, for https endpoints");
    private static final SettingKey REQUEST_TIMEOUT =
            SettingKey.of("request-timeout", "the bound of one request, for example 500ms; 5s by default");
    private static final SettingKey LEASES = SettingKey.of(
            "leases",
            "session (etcd watches over the lease of the leader) or observed (the other candidates do); "
                    + EtcdLocks.DEFAULT_LEASES + " by default");

    /** For {@link java.util.ServiceLoader}. */
    public EtcdLockProvider() {}

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public List<SettingKey> keys() {
        return List.of(ENDPOINTS, PREFIX, USER, PASSWORD, TLS_DIRECTORY, REQUEST_TIMEOUT, LEASES);
    }

    @Override
    public ResourceLock open(LockSettings settings) {
        settings.require(ENDPOINTS.name());
        EtcdLocks.Builder builder = EtcdLocks.builder().endpoints(settings.list(ENDPOINTS.name()));
        settings.get(PREFIX.name()).ifPresent(builder::prefix);
        settings.path(TLS_DIRECTORY.name()).map(TlsConfig::fromDirectory).ifPresent(builder::tls);
        settings.duration(REQUEST_TIMEOUT.name()).ifPresent(builder::requestTimeout);
        settings.get(LEASES.name()).ifPresent(value -> builder.leases(leases(settings.fullKey(LEASES.name()), value)));
        Optional<String> user = settings.get(USER.name());
        if (user.isPresent() != settings.get(PASSWORD.name()).isPresent()) {
            throw new IllegalArgumentException(settings.fullKey(USER.name()) + " and "
                    + settings.fullKey(PASSWORD.name()) + " go together: give both or neither");
        }
        user.ifPresent(name -> builder.user(name, settings.require(PASSWORD.name())));
        return builder.lock(settings.name(), settings.identity());
    }

    private static Leases leases(String fullKey, String value) {
        try {
            return Leases.parse(value);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(fullKey + ": " + unknown.getMessage(), unknown);
        }
    }
}
