package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogOutputTests {

    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(captured, true, StandardCharsets.UTF_8);

    private List<String> logged(int verbosity) {
        LogOutput.install(err, verbosity);
        for (String name : List.of("io.github.leaderelection.x", "org.library")) {
            System.Logger logger = System.getLogger(name);
            List.of(Level.ERROR, Level.WARNING, Level.INFO, Level.DEBUG)
                    .forEach(level -> logger.log(level, "said to " + name.charAt(0) + " as " + level));
        }
        LogOutput.installQuiet(err);
        return captured.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring(line.indexOf("said to ") + "said to ".length()))
                .toList();
    }

    @Test
    void byDefaultOurWarningsAndTheErrorsOfLibrariesAreTold() {
        assertEquals(List.of("i as ERROR", "i as WARNING", "o as ERROR"), logged(0));
    }

    @Test
    void verboseAddsInformationOfAll() {
        assertEquals(
                List.of("i as ERROR", "i as WARNING", "i as INFO", "o as ERROR", "o as WARNING", "o as INFO"),
                logged(1));
    }

    @Test
    void moreVerboseAddsDetailsOfTheElectionAlone() {
        List<String> lines = logged(2);

        assertTrue(lines.contains("i as DEBUG"), lines::toString);
        assertEquals(7, lines.size(), lines::toString);
    }

    @Test
    void aMessageStaysOnOneLineAndNamesWhatWasThrown() {
        LogOutput.install(err, 0);
        System.getLogger("io.github.leaderelection.x")
                .log(Level.WARNING, "first\nsecond", new IllegalStateException("third"));

        String text = captured.toString(StandardCharsets.UTF_8);
        assertEquals(1, text.lines().count(), text);
        assertTrue(
                text.endsWith(
                        " WARNING io.github.leaderelection.x first second: java.lang.IllegalStateException: third\n"),
                text);
    }
}
