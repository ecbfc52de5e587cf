package io.github.leaderelection.lock.zookeeper;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.client.ConnectStringParser;

/** Connect strings and users: what is taken, ZooKeeper's own client has to take as well. It does not begin to connect. */
class ZooKeeperSettingsFuzzTests {

    private static final List<String> CONNECT_STRINGS =
            List.of("127.0.0.1:2181", "a,b:1/c", "[::1]:2181", "a:99999", "a:0", "", "/", "a/../b", "[::::]");

    @FuzzTest
    void settingsAreTakenOrRefused(FuzzedDataProvider data) {
        String connectString =
                data.pickValue(CONNECT_STRINGS) + data.consumeString(10) + "a".repeat(data.consumeInt(0, 5000));
        String user = data.consumeString(5);
        boolean taken = Refusal.orReadSecretly(
                        IllegalArgumentException.class,
                        () -> new ZooKeeperClients(
                                connectString,
                                user,
                                Refusal.SECRET,
                                null,
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(5)))
                .isPresent();
        if (taken) {
            new ConnectStringParser(connectString.trim());
        }
    }
}
