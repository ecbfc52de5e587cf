package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each file in {@code scenarios} is a transcript that the machine must repeat to the letter. To write down new behaviour,
 * add commands, run with {@code -Dscenarios.rewrite=true}, and review the difference.
 */
final class ScenarioTests {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "scenarios");

    @TestFactory
    Stream<DynamicTest> transcriptsAreRepeatedToTheLetter() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(DIRECTORY)) {
            files = listed.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
        assertFalse(files.isEmpty(), "no scenarios in " + DIRECTORY.toAbsolutePath());
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> repeat(file)));
    }

    private static void repeat(Path file) {
        try {
            String expected = Files.readString(file);
            String actual = Scenario.play(expected);
            if (Boolean.getBoolean("scenarios.rewrite")) {
                Files.writeString(file, actual);
            } else {
                assertEquals(expected, actual);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
