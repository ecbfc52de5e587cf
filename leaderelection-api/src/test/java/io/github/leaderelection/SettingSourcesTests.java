package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings from files and from the environment. */
class SettingSourcesTests {

    private final Path directory;

    SettingSourcesTests(@TempDir Path directory) {
        this.directory = directory;
    }

    private LockProviders found(Class<?>... providers) throws IOException {
        return IsolatedLoader.found(
                directory, Stream.of(providers).map(Class::getName).toList());
    }

    private static String message(Throwable refusal) {
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void variablesAreKeysInUpperCaseWithUnderscores() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class, TestProviders.KubernetesLease.class);

        Map<String, String> settings = ResourceLocks.settingsFromEnvironment(
                Map.of(
                        "LEADERELECTION_LOCK", "etcd",
                        "LEADERELECTION_ETCD_TLS_DIRECTORY", "/tls",
                        "LEADERELECTION_KUBERNETES_LEASE_LEASE_NAMESPACE", "default",
                        "LEADERELECTION_IDENTITY", "",
                        "LEADERELECTIONS", "x",
                        "PATH", "/bin"),
                providers);

        assertEquals(
                Map.of(
                        "leaderelection.lock", "etcd",
                        "leaderelection.etcd.tls-directory", "/tls",
                        "leaderelection.kubernetes-lease.lease.namespace", "default"),
                settings);
    }

    @Test
    void anUnknownVariableIsRefusedWithWhatIsKnown() throws Exception {
        LockProviders providers = found(TestProviders.Mine.class);

        assertEquals(
                "unknown environment variable LEADERELECTION_MINE_TABEL (did you mean LEADERELECTION_MINE_TABLE?): "
                        + "correct or remove it. Known variables: LEADERELECTION_IDENTITY, LEADERELECTION_LOCK, "
                        + "LEADERELECTION_MINE_TABLE, LEADERELECTION_NAME",
                message(assertThrows(
                        IllegalArgumentException.class,
                        () -> ResourceLocks.settingsFromEnvironment(
                                Map.of("LEADERELECTION_MINE_TABEL", "hush"), providers))));
    }

    @Test
    void variablesOfOurLocksThatAreAbsentAreLeftOut() throws Exception {
        Map<String, String> environment =
                Map.of("LEADERELECTION_LOCK", "mine", "LEADERELECTION_ETCD_ENDPOINTS", "http://127.0.0.1:2379");

        assertEquals(
                Map.of("leaderelection.lock", "mine"),
                ResourceLocks.settingsFromEnvironment(environment, found(TestProviders.Mine.class)));
    }

    @Test
    void variablesThatKubernetesMakesForAServiceAreLeftOut() throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "LEADERELECTION_SERVICE_HOST", "10.0.0.11",
                "LEADERELECTION_SERVICE_PORT", "80",
                "LEADERELECTION_SERVICE_PORT_HTTP", "80",
                "LEADERELECTION_PORT", "tcp://10.0.0.11:80",
                "LEADERELECTION_PORT_80_TCP", "tcp://10.0.0.11:80",
                "LEADERELECTION_PORT_80_TCP_PROTO", "tcp",
                "LEADERELECTION_PORT_80_TCP_PORT", "80",
                "LEADERELECTION_PORT_80_TCP_ADDR", "10.0.0.11",
                "LEADERELECTION_DEMO_SERVICE_HOST", "10.0.0.12",
                "LEADERELECTION_DEMO_PORT", "tcp://10.0.0.12:80"));
        LockProviders providers = found(TestProviders.Mine.class);

        assertEquals(Map.of(), ResourceLocks.settingsFromEnvironment(environment, providers));
        environment.remove("LEADERELECTION_DEMO_SERVICE_HOST");
        assertThrows(
                IllegalArgumentException.class, () -> ResourceLocks.settingsFromEnvironment(environment, providers));
    }

    @Test
    void twoKeysThatAreOneVariableAreRefused() throws Exception {
        LockProviders providers = found(TestProviders.Ambiguous.class);

        assertEquals(
                "the variable LEADERELECTION_AMBIGUOUS_X_Y could be leaderelection.ambiguous.x-y or "
                        + "leaderelection.ambiguous.x.y: write the settings to a file, or remove the module of one of "
                        + "the locks",
                message(assertThrows(
                        IllegalStateException.class,
                        () -> ResourceLocks.settingsFromEnvironment(Map.of(), providers))));
    }

    @Test
    void aFileThatIsTooLargeIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("large.properties"), "#".repeat((1 << 20) + 1));

        String refusal =
                message(assertThrows(IllegalArgumentException.class, () -> ResourceLocks.settingsFromFile(file)));
        assertTrue(refusal.contains("it has more than 1048576 bytes"), refusal);
    }

    @Test
    void onlyTheBeginningOfALongUnknownKeyIsShown() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class);
        String endless = "x".repeat(100_000);

        assertTrue(message(assertThrows(
                                IllegalArgumentException.class,
                                () -> ResourceLocks.settingsFromEnvironment(
                                        Map.of("LEADERELECTION_" + endless, ""), providers)))
                        .length()
                < 1000);
        assertTrue(message(assertThrows(
                                IllegalArgumentException.class,
                                () -> ResourceLocks.open(
                                        Map.of("leaderelection.lock", "etcd", "leaderelection." + endless, ""),
                                        providers)))
                        .length()
                < 1000);
        assertTrue(message(assertThrows(
                                IllegalArgumentException.class,
                                () -> ResourceLocks.open(Map.of("leaderelection.lock", endless), providers)))
                        .length()
                < 1000);
    }

    @Test
    void sourcesCanBeLayered() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class);
        Path file = Files.writeString(
                directory.resolve("settings.properties"),
                "leaderelection.lock=etcd\nleaderelection.name=base\nleaderelection.etcd.endpoints=e\nother=x\n");

        Map<String, String> settings = new HashMap<>(ResourceLocks.settingsFromFile(file));
        assertFalse(settings.containsKey("other"));
        settings.putAll(ResourceLocks.settingsFromEnvironment(Map.of("LEADERELECTION_NAME", "mine"), providers));

        assertEquals(
                "mine",
                ((FakeLock) ResourceLocks.open(settings, providers))
                        .settings()
                        .orElseThrow()
                        .name());
        assertEquals(
                Optional.of("e"),
                ((FakeLock) ResourceLocks.open(settings, providers))
                        .settings()
                        .orElseThrow()
                        .get("endpoints"));
    }

    @Test
    void propertiesBringTheirDefaultsAlong() {
        Properties defaults = new Properties();
        defaults.setProperty("leaderelection.lock", "etcd");

        assertTrue(message(assertThrows(
                        IllegalArgumentException.class, () -> ResourceLocks.open(new Properties(defaults))))
                .startsWith("leaderelection.lock is 'etcd', but"));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path absent = directory.resolve("absent.properties");
        Path latin = Files.write(
                directory.resolve("latin.properties"),
                "leaderelection.name=caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Path malformed =
                Files.writeString(directory.resolve("malformed.properties"), "leaderelection.etcd.password=\\users");

        assertEquals("the settings file " + absent + " does not exist: create it, or correct the path", unread(absent));
        assertEquals("the settings file " + latin + " is not text in UTF-8: save it in that encoding", unread(latin));
        assertEquals(
                "the settings file " + malformed + " is malformed: a backslash before u must be followed by four "
                        + "hexadecimal digits; write a backslash as two",
                unread(malformed));
        assertTrue(unread(directory).startsWith("the settings file " + directory + " cannot be read: "));
    }

    private static String unread(Path file) {
        return message(assertThrows(IllegalArgumentException.class, () -> ResourceLocks.settingsFromFile(file)));
    }
}
