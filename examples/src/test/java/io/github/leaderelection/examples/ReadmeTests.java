package io.github.leaderelection.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README and the pages show as source stands, line by line, in a source file of this module, and compiles. */
final class ReadmeTests {

    /** {@code languages} are those of the blocks that stand in sources, if only as text that a test reads. */
    @ParameterizedTest
    @CsvSource({
        "README.md, java",
        "docs/guarantees.md, java",
        "docs/testing.md, java",
        "docs/writing-a-lock.md, java|sql|properties"
    })
    void everyBlockThatIsSourceIsCompiledHere(Path page, String languages) throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(ReadmeTests::normalised)
                    .toList();
        }
        Pattern pattern = Pattern.compile("```(?:" + languages + ")\n(.*?)```", Pattern.DOTALL);
        Matcher blocks = pattern.matcher(Files.readString(Path.of("..").resolve(page)));
        assertTrue(blocks.find(), page + " shows no source");
        do {
            String block = normalised(blocks.group(1));
            assertFalse(block.isBlank());
            assertTrue(sources.stream().anyMatch(source -> source.contains(block)), "no example holds:\n" + block);
        } while (blocks.find());
    }

    private static String normalised(Path file) {
        try {
            return normalised(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Without indentation and blank lines, in which a README may differ. */
    private static String normalised(String code) {
        return String.join(
                "\n",
                code.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }
}
