package io.github.leaderelection.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program of the README, as a process. */
class SchedulerTests {

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void theProgramWorksUntilItIsTerminatedAndThenStopsInOrder(@TempDir Path directory) throws Exception {
        Path settings = Files.writeString(
                directory.resolve("scheduler.properties"),
                "leaderelection.lock=inmemory\nleaderelection.name=demo/scheduler\n");
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Scheduler.class.getName(),
                        settings.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = program.inputReader()) {
            String first = lines.readLine();
            String second = lines.readLine();
            program.toHandle().destroy(); // SIGTERM; the process itself would close the stream as well
            List<String> rest = lines.lines().toList();

            assertEquals("working, fenced with 1", first);
            assertEquals(first, second);
            assertEquals("stopped: CLOSED", rest.get(rest.size() - 1));
            assertTrue(program.waitFor(60, TimeUnit.SECONDS));
        } finally {
            program.destroyForcibly();
        }
    }
}
