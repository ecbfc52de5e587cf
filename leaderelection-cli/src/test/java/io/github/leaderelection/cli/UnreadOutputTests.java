package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import java.io.BufferedReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever started the program reads its output no more: a pipe takes 64 kB, and then a line waits for ever. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreadOutputTests {

    private static final int SIGTERM = 128 + 15;

    /** Pain 22. */
    @Test
    void sigtermEndsALeaderWhoseOutputNobodyReads() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeaderElectionCli.class.getName(),
                        "campaign",
                        "--lock=inmemory",
                        "--name=demo/leader",
                        "--id=" + "a".repeat(1_000),
                        "--drain-timeout=1s")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = process.inputReader();
                Writer input = process.outputWriter()) {
            while (EventLine.parse(output.readLine()).event() != Event.STARTED) {
                // read on
            }
            input.write("status\n".repeat(200)); // twice the identity in each answer
            input.flush();
            process.toHandle().destroy(); // process.destroy() would close the output, too
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it still runs");
            assertEquals(SIGTERM, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
