package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLockProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceLocksTests {

    private static final String HERE = TestProviders.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .toString();
    private static final String MODULES = "none (add one of io.github.leaderelection:lock-etcd, "
            + "io.github.leaderelection:lock-inmemory, io.github.leaderelection:lock-kubernetes-lease, "
            + "io.github.leaderelection:lock-zookeeper)";

    private final Path directory;

    ResourceLocksTests(@TempDir Path directory) {
        this.directory = directory;
    }

    private LockProviders found(Class<?>... providers) throws IOException {
        return found(Stream.of(providers).map(Class::getName).toList());
    }

    private LockProviders found(List<String> providers) throws IOException {
        return IsolatedLoader.found(directory, providers);
    }

    private static String foundText(String name, Class<?> provider) {
        return name + " = " + provider.getName() + " from " + HERE;
    }

    private static LockSettings opened(Map<String, String> settings, LockProviders providers) {
        return ((FakeLock) ResourceLocks.open(settings, providers)).settings().orElseThrow();
    }

    private static String refused(Map<String, String> settings, LockProviders providers) {
        return message(assertThrows(IllegalArgumentException.class, () -> ResourceLocks.open(settings, providers)));
    }

    private static String message(Throwable refusal) {
        return String.valueOf(refusal.getMessage());
    }

    private static Map<String, String> etcd(String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("leaderelection.lock", "etcd");
        settings.put("leaderelection.name", "demo/scheduler");
        settings.put("leaderelection.etcd.password", " hush ");
        for (int index = 0; index < more.length; index += 2) {
            settings.put(more[index], more[index + 1]);
        }
        return settings;
    }

    @Test
    void theSelectedProviderGetsItsSectionAndNothingElse() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class, TestProviders.Mine.class);

        LockSettings settings = opened(
                etcd(
                        "leaderelection.identity", "pod-a",
                        "leaderelection.etcd.endpoints", "http://127.0.0.1:2379",
                        "leaderelection.mine.table", "t",
                        "other.key", "x"),
                providers);

        assertEquals("demo/scheduler", settings.name());
        assertEquals("pod-a", settings.identity());
        assertEquals(
                "LockSettings[lock=etcd, name=demo/scheduler, identity=pod-a, keys=[endpoints, password]]",
                settings.toString());
    }

    @Test
    void allSourcesLeadToTheSameLock() throws Exception {
        IsolatedLoader.declare(directory, ResourceLockProvider.class, List.of(TestProviders.Etcd.class.getName()));

        assertEquals(
                List.of("from a map", "from properties", "from a file", "from the environment"),
                IsolatedLoader.call(directory, ResourceLocksScenarios.OpenFromEverySource.class));
    }

    @Test
    void switchingIsAChangeOfOneLine() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class, TestProviders.Mine.class);
        Map<String, String> settings = etcd("leaderelection.mine.table", "t");

        assertEquals(Optional.of(" hush "), opened(settings, providers).get("password"));
        settings.put("leaderelection.lock", "mine");
        assertEquals(Optional.of("t"), opened(settings, providers).get("table"));
    }

    @Test
    void spaceAroundAValueIsDroppedUnlessItIsASecret() throws Exception {
        LockSettings settings = opened(
                etcd(
                        "leaderelection.lock",
                        "etcd ",
                        "leaderelection.name",
                        " n",
                        "leaderelection.etcd.endpoints",
                        "e "),
                found(TestProviders.Etcd.class));

        assertEquals("n", settings.name());
        assertEquals(Optional.of("e"), settings.get("endpoints"));
        assertEquals(Optional.of(" hush "), settings.get("password"));
    }

    /** Pain 20. */
    @Test
    void theDefaultIdentityIsUniqueForEachCall() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class);

        String first = opened(etcd(), providers).identity();
        String second = opened(etcd("leaderelection.identity", " "), providers).identity();

        assertNotEquals(first, second);
        assertTrue(first.matches(".+_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), first);
    }

    @Test
    void withoutALockTheErrorListsWhatIsOnTheClassPathAndWhere() throws Exception {
        Map<String, String> settings = Map.of("leaderelection.name", "n", "leaderelection.lock", "");

        assertEquals(
                "leaderelection.lock is missing: it says which kind of lock to open, for example "
                        + "leaderelection.lock=etcd. On the class path: "
                        + foundText("etcd", TestProviders.Etcd.class) + ", "
                        + foundText("mine", TestProviders.Mine.class),
                refused(settings, found(TestProviders.Mine.class, TestProviders.Etcd.class)));
        assertEquals(
                "leaderelection.lock is missing: it says which kind of lock to open, for example "
                        + "leaderelection.lock=etcd. On the class path: " + MODULES,
                message(assertThrows(IllegalArgumentException.class, () -> ResourceLocks.open(settings))));
    }

    @Test
    void aLockOfOursThatIsAbsentIsNamedWithItsCoordinate() throws Exception {
        assertEquals(
                "leaderelection.lock is 'etcd', but no lock of that name is on the class path; add "
                        + "io.github.leaderelection:lock-etcd to the dependencies. On the class path: "
                        + foundText("mine", TestProviders.Mine.class),
                refused(etcd(), found(TestProviders.Mine.class)));
        assertEquals(
                "leaderelection.lock is 'etcd', but no lock of that name is on the class path; add "
                        + "io.github.leaderelection:lock-etcd to the dependencies. On the class path: " + MODULES,
                message(assertThrows(IllegalArgumentException.class, () -> ResourceLocks.open(etcd()))));
    }

    @Test
    void aLockThatNobodyKnowsIsNamedWithWhatWasProbablyMeant() throws Exception {
        String tail = "; correct the name, or add the module that brings this lock. On the class path: "
                + foundText("mine", TestProviders.Mine.class);
        LockProviders providers = found(TestProviders.Mine.class);

        assertEquals(
                "leaderelection.lock is 'zookeper', but no lock of that name is on the class path (did you mean "
                        + "zookeeper?)" + tail,
                refused(etcd("leaderelection.lock", "zookeper"), providers));
        assertEquals(
                "leaderelection.lock is 'consul', but no lock of that name is on the class path" + tail,
                refused(etcd("leaderelection.lock", "consul"), providers));
    }

    @Test
    void twoLocksOfOneNameAreBothNamedWithTheirPlaces() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> found(TestProviders.Etcd.class, TestProviders.Mine.class, TestProviders.OtherEtcd.class));

        assertEquals(
                "two locks on the class path are named 'etcd': " + TestProviders.Etcd.class.getName() + " from " + HERE
                        + " and " + TestProviders.OtherEtcd.class.getName() + " from " + HERE
                        + "; remove the module of one",
                refusal.getMessage());
    }

    @Test
    void aLockThatCannotBeLoadedIsNamed() throws Exception {
        Files.createDirectories(directory.resolve("com/example"));
        Files.writeString(directory.resolve("com/example/Corrupt.class"), "not a class");
        for (String name : List.of("com.example.Gone", "com.example.Corrupt", TestProviders.Faulty.class.getName())) {
            String message = message(assertThrows(
                    IllegalStateException.class, () -> found(List.of(TestProviders.Mine.class.getName(), name))));

            assertTrue(message.startsWith("a lock on the class path cannot be loaded: "), message);
            assertTrue(message.contains(name) || message.contains(name.replace('.', '/')), message);
            assertTrue(
                    message.endsWith("; remove its module, or add what it lacks. Loaded before it: "
                            + foundText("mine", TestProviders.Mine.class)),
                    message);
        }
    }

    @Test
    void aLockWithANameThatCannotBePartOfAKeyIsRefused() {
        String message = message(assertThrows(IllegalStateException.class, () -> found(TestProviders.Misnamed.class)));

        assertTrue(message.contains(TestProviders.Misnamed.class.getName()), message);
        assertTrue(message.endsWith("is 'My.Lock'"), message);
    }

    @Test
    void whatAProviderThrowsIsLetPass() throws Exception {
        assertEquals(
                "never good enough",
                refused(
                        Map.of("leaderelection.lock", "picky", "leaderelection.name", "n"),
                        found(TestProviders.Picky.class)));
    }

    @Test
    void withoutANameTheErrorSaysWhatItIsFor() throws Exception {
        assertEquals(
                "leaderelection.name is missing: it says which election the candidate takes part in, for example "
                        + "leaderelection.name=demo/scheduler",
                refused(etcd("leaderelection.name", " "), found(TestProviders.Etcd.class)));
    }

    @Test
    void aMisspeltKeyIsRefusedWithWhatWasMeantAndWhatIsKnown() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class, TestProviders.Mine.class);
        String etcdKeys =
                "leaderelection.etcd.endpoints, leaderelection.etcd.password, leaderelection.etcd.tls-directory";
        String allKeys = etcdKeys + ", leaderelection.identity, leaderelection.lock, leaderelection.mine.table, "
                + "leaderelection.name";

        assertEquals(
                "unknown key leaderelection.etcd.tlsDirectory (did you mean leaderelection.etcd.tls-directory?): "
                        + "correct or remove it. Known keys: " + etcdKeys,
                refused(etcd("leaderelection.etcd.tlsDirectory", "/tls"), providers));
        assertEquals(
                "unknown key leaderelection.etc.endpoints (did you mean leaderelection.etcd.endpoints?): correct or "
                        + "remove it. Known keys: " + allKeys,
                refused(etcd("leaderelection.etc.endpoints", "e"), providers));
        assertEquals(
                "unknown key leaderelection.lease-duration: correct or remove it. Known keys: " + allKeys,
                refused(etcd("leaderelection.lease-duration", "15s"), providers));
        assertEquals(
                "unknown key leaderelection.lok (did you mean leaderelection.lock?): correct or remove it. Known "
                        + "keys: " + allKeys,
                refused(Map.of("leaderelection.lok", "etcd", "leaderelection.name", "n"), providers));
    }

    @Test
    void sectionsOfLocksThatWereNotSelectedAreCheckedToo() throws Exception {
        assertEquals(
                "unknown key leaderelection.mine.tabel (did you mean leaderelection.mine.table?): correct or remove "
                        + "it. Known keys: leaderelection.mine.table",
                refused(
                        etcd("leaderelection.mine.tabel", "t"),
                        found(TestProviders.Etcd.class, TestProviders.Mine.class)));
    }

    @Test
    void sectionsOfOurLocksThatAreAbsentAreLetPass() throws Exception {
        opened(
                etcd(
                        "leaderelection.zookeeper.connect", "127.0.0.1:2181",
                        "leaderelection.kubernetes-lease.namespace", "default",
                        "leaderelection.inmemory.space", "s"),
                found(TestProviders.Etcd.class));
    }

    @Test
    void noMessageShowsASecret() throws Exception {
        LockProviders providers = found(TestProviders.Etcd.class, TestProviders.Mine.class);
        List<Map<String, String>> mistakes = List.of(
                etcd("leaderelection.lock", ""),
                etcd("leaderelection.lock", "consul"),
                etcd("leaderelection.name", ""),
                etcd("leaderelection.etcd.pasword", "hush"),
                etcd("leaderelection.password", "hush"));

        for (Map<String, String> settings : mistakes) {
            assertFalse(refused(settings, providers).contains("hush"));
        }
    }
}
