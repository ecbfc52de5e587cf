package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/guarantees.md} names is there. */
class GuaranteesTests {

    private static final Path ROOT = Path.of("..");
    private static final Path DOCS = ROOT.resolve("docs");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| ([^|]+) \\| ([^|]+) \\|$");
    private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");

    @Test
    void eachPainIsGuardedByTestsThatExist() throws IOException {
        List<MatchResult> rows = ROW.matcher(Files.readString(DOCS.resolve("guarantees.md")))
                .results()
                .toList();
        assertEquals(
                IntStream.rangeClosed(1, 25).boxed().toList(),
                rows.stream().map(row -> Integer.parseInt(row.group(1))).toList());
        List<Path> sources = sources();
        List<String> missing = new ArrayList<>();
        for (MatchResult row : rows) {
            List<MatchResult> named = NAMED_TEST.matcher(row.group(3)).results().toList();
            assertFalse(named.isEmpty(), "row " + row.group(1) + " names no test");
            for (MatchResult test : named) {
                if (!isTest(sources, test.group(1), test.group(2))) {
                    missing.add(row.group(1) + ": " + test.group());
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    private static boolean isTest(List<Path> sources, String className, String method) throws IOException {
        List<Path> files = sources.stream()
                .filter(path -> path.endsWith(className + ".java"))
                .toList();
        assertTrue(files.size() < 2, () -> className + " may be any of " + files);
        if (files.isEmpty()) {
            return false;
        }
        // The annotation and the method, with no end of a method between them.
        return Pattern.compile("@(Test|ParameterizedTest)\\b(?:(?!\n    })[\\s\\S])*? void " + method + "\\(")
                .matcher(Files.readString(files.get(0)))
                .find();
    }

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path source : modules.map(module -> module.resolve("src")).toList()) {
                if (Files.isDirectory(source)) {
                    try (Stream<Path> files = Files.walk(source)) {
                        files.filter(Files::isRegularFile).forEach(found::add);
                    }
                }
            }
        }
        return found;
    }

    @Test
    void eachLinkIntoTheSourcesLeadsToAFile() throws IOException {
        for (Path page : List.of(DOCS.resolve("guarantees.md"), DOCS.resolve("model/README.md"))) {
            List<String> dead = LINK.matcher(Files.readString(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(target -> !target.contains("://"))
                    .filter(target -> !Files.exists(page.resolveSibling(target)))
                    .toList();
            assertEquals(List.of(), dead, page.toString());
        }
    }
}
