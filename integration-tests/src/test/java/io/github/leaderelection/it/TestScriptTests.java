package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/test} makes of what is missing. Maven and what fetches servers are stand-ins here. */
class TestScriptTests {

    private static final String REQUIRED = "-Dleaderelection.requireServers=true";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private record Outcome(int status, String said, List<String> mavenCalls) {}

    @BeforeEach
    void putStandIns() throws IOException {
        Files.createDirectories(directory.resolve("scripts"));
        Files.copy(Path.of("..", "scripts", "test"), directory.resolve("scripts/test"));
        program("scripts/fetch-etcd", "exit 0");
        program("scripts/fetch-kube-apiserver", "exit 0");
        program("scripts/schedules", "echo 'the schedules are played'");
        program("bin/mvn", "echo \"$*\" >>'" + directory.resolve("calls") + "'");
        program("jdk/bin/java", "echo 'openjdk version 25'");
    }

    private void program(String name, String body) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("bash", directory.resolve("scripts/test").toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", directory.resolve("bin") + ":", (path, bin) -> bin + path);
        builder.environment().put("JDK25_HOME", directory.resolve("jdk").toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Path calls = directory.resolve("calls");
        return new Outcome(process.waitFor(), said, Files.exists(calls) ? Files.readAllLines(calls) : List.of());
    }

    @Test
    void withEverythingThereAllTestsRunAndThoseWithoutServersOnJdk25AsWell() throws Exception {
        Outcome outcome = run(REQUIRED, "-Dx=y");
        assertEquals(0, outcome.status(), outcome::toString);
        assertEquals(2, outcome.mavenCalls().size());
        assertTrue(outcome.mavenCalls().get(0).endsWith("verify " + REQUIRED + " -Dx=y"), outcome::toString);
        assertTrue(outcome.mavenCalls().get(1).contains("-Djvm=" + directory.resolve("jdk/bin/java")));
        assertTrue(outcome.mavenCalls().get(1).endsWith(REQUIRED + " -Dx=y"), outcome::toString);
        boolean playable = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assertEquals(playable, outcome.said().contains("the schedules are played"), outcome::toString);
    }

    @Test
    void schedulesThatDoNotHoldFailTheScript() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64"));
        program("scripts/schedules", "exit 1");
        assertNotEquals(0, run().status());
    }

    @Test
    void aServerThatCannotBeFetchedIsNamedAndItsTestsAreLeftToBeSkipped() throws Exception {
        program("scripts/fetch-etcd", "exit 7");
        Outcome outcome = run();
        assertEquals(0, outcome.status(), outcome::toString);
        assertTrue(outcome.said().contains("etcd could not be fetched"), outcome::toString);
        assertEquals(2, outcome.mavenCalls().size());
    }

    @Test
    void aServerThatCannotBeFetchedFailsWhereServersAreRequired() throws Exception {
        program("scripts/fetch-kube-apiserver", "exit 7");
        Outcome outcome = run(REQUIRED);
        assertNotEquals(0, outcome.status(), outcome::toString);
        assertTrue(outcome.said().contains("kube-apiserver could not be fetched"), outcome::toString);
        assertEquals(List.of(), outcome.mavenCalls());
    }

    @Test
    void aMissingJdk25IsNamed() throws Exception {
        Files.delete(directory.resolve("jdk/bin/java"));
        Outcome outcome = run();
        assertEquals(0, outcome.status(), outcome::toString);
        assertTrue(outcome.said().contains("JDK 25 is not"), outcome::toString);
        assertEquals(1, outcome.mavenCalls().size());
    }

    @Test
    void aMissingJdk25FailsWhereServersAreRequired() throws Exception {
        Files.delete(directory.resolve("jdk/bin/java"));
        Outcome outcome = run(REQUIRED);
        assertNotEquals(0, outcome.status(), outcome::toString);
        assertTrue(outcome.said().contains("JDK 25 is not"), outcome::toString);
    }

    @Test
    void testsThatFailFailTheScript() throws Exception {
        program("bin/mvn", "exit 1");
        assertNotEquals(0, run().status());
    }
}
