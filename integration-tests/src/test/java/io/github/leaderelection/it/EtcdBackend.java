package io.github.leaderelection.it;

import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdUsers;
import io.github.leaderelection.testservers.EtcdValue;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One etcd member. */
final class EtcdBackend implements Backend {

    private static final String PREFIX = "/registry/leaderelection/it";
    private static final String USER = "candidate";

    private final EtcdServer server;
    private final Map<String, String> settings;

    private EtcdBackend(EtcdServer server, Map<String, String> more) {
        this.server = server;
        this.settings = new HashMap<>(more);
        settings.put("leaderelection.lock", "etcd");
        settings.put("leaderelection.etcd.prefix", PREFIX);
        settings.put("leaderelection.etcd.endpoints", server.endpoint());
    }

    static EtcdBackend over(EtcdServer server) {
        return new EtcdBackend(server, Map.of());
    }

    static EtcdBackend withPassword(EtcdServer server, String password) {
        EtcdUsers users = server.users();
        users.add(USER, password);
        users.grant(USER, EtcdUsers.Permission.READWRITE, PREFIX);
        users.enable(password + "-of-root");
        return new EtcdBackend(
                server, Map.of("leaderelection.etcd.user", USER, "leaderelection.etcd.password", password));
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    @Override
    public Map<String, String> settingsAt(int port) {
        return with("endpoints", server.endpoint().replace(":" + server.port(), ":" + port));
    }

    @Override
    public Map<String, String> settingsWithPassword(String password) {
        return with("password", password);
    }

    @Override
    public Map<String, String> settingsWithTls(Path directory) {
        return with("tls-directory", directory.toString());
    }

    private Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.put("leaderelection.etcd." + key, value);
        return Map.copyOf(changed);
    }

    private static String key(String election) {
        return PREFIX + "/" + election;
    }

    @Override
    public Optional<StoredRecord> readRecord(String election) {
        return server.get(key(election)).map(EtcdBackend::stored);
    }

    private static StoredRecord stored(EtcdValue value) {
        return StoredRecord.parse(Long.toString(value.modRevision()), value.text());
    }

    @Override
    public Map<String, Long> requestCounts() {
        return server.requestCounts();
    }

    @Override
    public void delete(String election) {
        server.delete(key(election));
    }

    @Override
    public void corrupt(String election) {
        server.put(key(election), "no Lease {");
    }

    @Override
    public void writeElsewhere() {
        server.put("/elsewhere", "anything");
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public void restartEmpty() {
        server.restartEmpty();
    }

    @Override
    public void close() {
        server.close();
    }
}
