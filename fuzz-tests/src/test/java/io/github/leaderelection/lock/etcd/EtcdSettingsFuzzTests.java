package io.github.leaderelection.lock.etcd;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import java.util.List;
import java.util.Map;

/** Settings of the lock on etcd, up to an opened lock, which has not yet begun to connect. */
class EtcdSettingsFuzzTests {

    private static final List<String> ENDPOINTS =
            List.of("http://127.0.0.1:1", "https://[::1]:2", "http:", "http://a:99999", "", ",", "http://127.0.0.1:");
    private static final List<String> DURATIONS = List.of("5s", "999999999999h", "PT9223372036854775807S", "1ms", "");

    @FuzzTest
    void settingsAreTakenOrRefused(FuzzedDataProvider data) {
        Map<String, String> values = Map.of(
                "endpoints",
                data.pickValue(ENDPOINTS) + data.consumeAsciiString(10),
                "prefix",
                data.consumeString(10),
                "user",
                data.consumeString(3),
                "password",
                data.consumeBoolean() ? Refusal.SECRET : "",
                "request-timeout",
                data.pickValue(DURATIONS));
        String name = data.consumeString(10) + "a".repeat(data.consumeInt(0, 1000));
        Refusal.orReadSecretly(
                        IllegalArgumentException.class,
                        () -> new EtcdLockProvider().open(new LockSettings("etcd", name, "pod-a", values)))
                .ifPresent(ResourceLock::close);
    }
}
