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
import org.junit.jupiter.api.Test;

/** What the README shows as Java stands, line by line, in a source file of this module, and therefore compiles. */
final class ReadmeTests {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyJavaBlockOfTheReadmeIsCompiledHere() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(ReadmeTests::normalised)
                    .toList();
        }
        Matcher blocks = JAVA_BLOCK.matcher(Files.readString(Path.of("..", "README.md")));
        assertTrue(blocks.find(), "the README shows no Java");
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
