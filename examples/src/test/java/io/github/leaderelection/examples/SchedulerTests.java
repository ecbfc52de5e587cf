package io.github.leaderelection.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first program that people copy, as they start and end it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SchedulerTests {

    private static final int SIGTERM = 128 + 15;

    @Test
    void itWorksUntilItIsTerminatedAndThenReleases(@TempDir Path directory) throws Exception {
        Path settings = Files.writeString(
                directory.resolve("lock.properties"),
                String.join(
                        "\n",
                        "leaderelection.lock=inmemory",
                        "leaderelection.name=" + SchedulerProcess.ELECTION,
                        "leaderelection.inmemory.space=" + SchedulerProcess.SPACE));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SchedulerProcess.class.getName(),
                        settings.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader()) {
            awaitWork(output);
            awaitWork(output); // a second later, and main() has long been through
            awaitWork(output);
            process.toHandle().destroy(); // process.destroy() would close the output, too
            List<String> rest = output.lines().toList();
            assertTrue(rest.contains("stopped: CLOSED"), rest::toString);
            assertTrue(rest.contains(SchedulerProcess.RELEASED), rest::toString);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(SIGTERM, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void awaitWork(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("working, fenced with ")) {
            line = output.readLine();
        }
        assertTrue(line != null, "the program has ended");
    }
}
