package io.github.leaderelection;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import io.github.leaderelection.lock.inmemory.InMemoryLockProvider;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Settings from wherever they may come, read up to an opened lock and a configuration. */
class SettingsFuzzTests {

    private static final List<String> KEYS = List.of(
            "leaderelection.lock",
            "leaderelection.name",
            "leaderelection.identity",
            "leaderelection.etcd.password",
            "leaderelection.etcd.endpoints",
            "leaderelection.zookeeper.auth",
            "leaderelection.kubernetes-lease.token",
            "leaderelection.",
            "LEADERELECTION_",
            "LEADERELECTION_LOCK",
            "LEADERELECTION_NAME",
            "LEADERELECTION_ETCD_PASSWORD",
            "LEADERELECTION_A_SERVICE_HOST",
            "LEADERELECTION_A_PORT_1_TCP");
    private static final List<String> DURATIONS =
            List.of("15s", "10s", "2s", "1h", "500ms", "PT15S", "999999999999h", "PT9223372036854775807S", "-PT1S");
    private static final int HUGE = 200_000;

    @FuzzTest
    void settingsAreTakenOrRefused(FuzzedDataProvider data) {
        switch (data.consumeInt(0, 3)) {
            case 0 ->
                Refusal.orRead(IllegalArgumentException.class, () -> fromFile(data.consumeRemainingAsBytes()))
                        .ifPresent(SettingsFuzzTests::open);
            case 1 -> {
                Map<String, String> environment = texts(data);
                Refusal.orReadSecretly(
                                IllegalArgumentException.class,
                                () -> ResourceLocks.settingsFromEnvironment(environment))
                        .ifPresent(SettingsFuzzTests::open);
            }
            case 2 -> open(texts(data));
            default -> configure(data);
        }
    }

    private static Map<String, String> fromFile(byte[] bytes) {
        try {
            Path file = Files.createTempFile("fuzz", ".properties");
            try {
                Files.write(file, bytes);
                return ResourceLocks.settingsFromFile(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Only one kind of lock, because others begin to connect. */
    private static void open(Map<String, String> settings) {
        if (settings.getOrDefault("leaderelection.lock", "").strip().matches("etcd|zookeeper|kubernetes-lease")) {
            return;
        }
        Properties properties = new Properties();
        properties.putAll(settings);
        Refusal.orReadSecretly(IllegalArgumentException.class, () -> ResourceLocks.open(properties))
                .ifPresent(ResourceLock::close);
    }

    private static Map<String, String> texts(FuzzedDataProvider data) {
        Map<String, String> texts = new HashMap<>();
        texts.put("leaderelection.lock", "inmemory");
        texts.put("leaderelection.name", "a");
        for (int i = data.consumeInt(0, 5); i > 0; i--) {
            String key = data.pickValue(KEYS);
            if (data.consumeBoolean()) {
                key += text(data);
            }
            boolean secret = key.toLowerCase(Locale.ROOT).matches(".*(password|auth|token)");
            texts.put(key, secret ? Refusal.SECRET : text(data));
        }
        return texts;
    }

    private static String text(FuzzedDataProvider data) {
        String text = data.consumeString(40);
        return data.consumeInt(0, 9) == 0 ? text.repeat(HUGE / Math.max(1, text.length())) : text;
    }

    private static void configure(FuzzedDataProvider data) {
        Map<String, String> values =
                Map.of("lease", duration(data), "renew", duration(data), "retry", duration(data), "path", text(data));
        Refusal.orRead(IllegalArgumentException.class, () -> new LockSettings("a", text(data) + "b", "c", values))
                .ifPresent(SettingsFuzzTests::configure);
    }

    private static void configure(LockSettings settings) {
        Refusal.orRead(IllegalArgumentException.class, () -> settings.path("path"));
        settings.list("path");
        ResourceLock lock = new InMemoryLockProvider().open(settings);
        Refusal.orRead(
                IllegalArgumentException.class,
                () -> LeaderElectionConfig.builder()
                        .lock(lock)
                        .callbacks(new LeaderCallbacks() {
                            @Override
                            public void onStartedLeading(Leadership leadership) {}

                            @Override
                            public void onStoppedLeading(Leadership ended) {}
                        })
                        .leaseDuration(settings.duration("lease").orElse(Duration.ofSeconds(15)))
                        .renewDeadline(settings.duration("renew").orElse(Duration.ofSeconds(10)))
                        .retryPeriod(settings.duration("retry").orElse(Duration.ofSeconds(2)))
                        .build());
        lock.close();
    }

    private static String duration(FuzzedDataProvider data) {
        return data.consumeBoolean() ? data.pickValue(DURATIONS) : text(data);
    }
}
