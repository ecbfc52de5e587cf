package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo, run once. */
class DemoTests {

    private static final Pattern LEADS = Pattern.compile("\\* [abc] leads, with fencing token (\\d+)");

    private static String shown = "";
    private static String errors = "";
    private static int exitCode = -1;

    @BeforeAll
    static void runDemo() throws Exception {
        ProgramRun run = ProgramRun.of("demo");
        exitCode = run.exitCode();
        shown = run.out();
        errors = run.err();
    }

    @Test
    void itEndsByItselfAndInPeace() {
        assertEquals(0, exitCode);
        assertEquals("", errors);
    }

    @Test
    void everyTenureHasAGreaterToken() {
        List<Long> tokens = Stream.of(shown.split("\n"))
                .map(LEADS::matcher)
                .filter(Matcher::find)
                .map(found -> Long.parseLong(found.group(1)))
                .toList();

        assertEquals(8, tokens.size(), shown);
        assertEquals(tokens.stream().sorted().distinct().toList(), tokens);
    }

    @Test
    void everyTakeoverIsShownWithItsTime() {
        Pattern row = Pattern.compile("(closed|killed|stepped down|cut off) +([abc]) -> (?!\\2)[abc] +\\d+\\.\\d ms");

        assertEquals(7, row.matcher(shown).results().count(), shown);
    }

    @Test
    void neverDoTwoLeadAtOnce() {
        assertTrue(shown.contains("two or more did 0 times"), shown);
    }
}
