package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options mean, and what is said of bad ones. */
class LeaderElectionCliTests {

    private static void assertRefused(String expected, ProgramRun run) throws Exception {
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertTrue(run.err().contains(expected), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }

    private static String identityOf(ProgramRun run) throws Exception {
        String identity = run.await(Event.READY).field("id");
        run.type("close");
        assertEquals(0, run.exitCode());
        return identity;
    }

    @Test
    void aCommandMustBeNamed() throws Exception {
        assertRefused("expected campaign, observe or demo", ProgramRun.of());
    }

    @Test
    void anUnknownCommandIsRefused() throws Exception {
        assertRefused("reign", ProgramRun.of("reign"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"campaign", "observe"})
    void anElectionMustBeNamed(String command) throws Exception {
        assertRefused("give --name", ProgramRun.of(command, "--lock", "inmemory"));
    }

    @Test
    void anUnknownLockIsRefusedWithWhatThereIs() throws Exception {
        assertRefused("inmemory = ", ProgramRun.of("campaign", "--lock", "ectd", "--name", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "etcd, leaderelection.etcd.endpoints is missing",
        "zookeeper, leaderelection.zookeeper.connect is missing"
    })
    void everyLockIsThereAndSaysWhatItNeeds(String lock, String need) throws Exception {
        assertRefused(need, ProgramRun.of("campaign", "--lock", lock, "--name", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inmemory.spcae=x", "leaderelection.inmemory.spcae=x"})
    void anUnknownKeyIsRefusedByItsFullName(String assignment) throws Exception {
        assertRefused(
                "unknown key leaderelection.inmemory.spcae",
                ProgramRun.of("campaign", "--lock", "inmemory", "--name", "x", "-D", assignment));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "=hunter2"})
    void anAssignmentWithoutKeyOrValueIsRefusedAndNotRepeated(String assignment) throws Exception {
        ProgramRun run = ProgramRun.of("campaign", "--name", "x", "-D", assignment);

        assertRefused("-D number 1 must be KEY=VALUE", run);
        assertFalse(run.err().contains("hunter2"));
    }

    @Test
    void impossibleDurationsAreRefusedWithTheirNumbers() throws Exception {
        assertRefused(
                "renewDeadline 15s must be less than leaseDuration 10s",
                ProgramRun.of(
                        "campaign",
                        "--lock",
                        "inmemory",
                        "--name",
                        "x",
                        "--lease-duration",
                        "10s",
                        "--renew-deadline",
                        "15s"));
    }

    @Test
    void whatIsNoDurationIsRefusedWithExamples() throws Exception {
        assertRefused(
                "'soon' is not a duration: write for example 500ms, 15s, 2m or PT15S",
                ProgramRun.of("campaign", "--lock", "inmemory", "--name", "x", "--lease-duration", "soon"));
    }

    @Test
    void aMissingSettingsFileIsNamed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("none.properties");

        assertRefused(file + " does not exist", ProgramRun.of("campaign", "--config", file.toString()));
    }

    @Test
    void anUnknownVariableOfOursIsRefused() throws Exception {
        assertRefused(
                "LEADERELECTION_NMAE", ProgramRun.with(Map.of("LEADERELECTION_NMAE", "x"), "campaign", "--name", "x"));
    }

    @Test
    void withoutALockItIsTheOneInMemoryAndThatIsSaid() throws Exception {
        ProgramRun run = ProgramRun.of("campaign", "--name", UUID.randomUUID().toString());
        run.await(Event.STARTED);
        run.type("close");

        assertEquals(0, run.exitCode());
        assertTrue(run.err().contains("it is inmemory, which no other process sees"), run.err());
    }

    @Test
    void optionsGoOverTheEnvironmentAndTheEnvironmentOverTheFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("settings.properties");
        Files.writeString(file, """
                leaderelection.lock=inmemory
                leaderelection.name=layers
                leaderelection.identity=of-the-file
                leaderelection.inmemory.space=%s
                """.formatted(UUID.randomUUID()));
        Map<String, String> environment = Map.of("LEADERELECTION_IDENTITY", "of-the-environment");
        String[] fileOnly = {"campaign", "--config", file.toString()};
        String[] assigned = {"campaign", "--config", file.toString(), "-D", "identity=of-the-assignment"};
        String[] optioned = {
            "campaign", "--config", file.toString(), "-D", "identity=of-the-assignment", "--id", "of-the-option"
        };

        assertEquals("of-the-file", identityOf(ProgramRun.of(fileOnly)));
        assertEquals("of-the-environment", identityOf(ProgramRun.with(environment, fileOnly)));
        assertEquals("of-the-assignment", identityOf(ProgramRun.with(environment, assigned)));
        assertEquals("of-the-option", identityOf(ProgramRun.with(environment, optioned)));
    }

    @Test
    void theDefaultIdentityIsUnique() throws Exception {
        String name = UUID.randomUUID().toString();
        String first = identityOf(ProgramRun.of("campaign", "--lock", "inmemory", "--name", name));
        String second = identityOf(ProgramRun.of("campaign", "--lock", "inmemory", "--name", name));

        assertFalse(first.equals(second), first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"campaign", "observe", "demo"})
    void helpGoesToTheStandardOutput(String command) throws Exception {
        ProgramRun run = ProgramRun.of(command, "--help");

        assertEquals(0, run.exitCode());
        assertTrue(run.out().startsWith("Usage: leaderelection " + command), run.out());
    }
}
