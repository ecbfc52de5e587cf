package io.github.leaderelection.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTests {

    private static final String MARKED =
            "# Before\n\n<!-- results: written by scripts/benchmark -->\nold\n<!-- end of results -->\nafter\n";

    private static Samples samples(double... figures) {
        return Samples.of(DoubleStream.of(figures).boxed().toList());
    }

    @Test
    void samplesAreOrdered() {
        assertEquals(
                List.of("5", "1.00", "3.00", "10.0", "10.0"),
                samples(10, 2, 1, 3, 4).cells());
        assertEquals(
                List.of("1", "-812", "-812", "-812", "-812"), samples(-812.4).cells());
    }

    @Test
    void ofAnEvenNumberTheMedianIsBetween() {
        assertEquals(2.5, samples(1, 2, 3, 4).median());
    }

    @Test
    void nineTenthsDoNotExceedP90() {
        Samples hundred = Samples.of(
                IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
        assertEquals(90, hundred.p90());
        assertEquals(9, samples(1, 2, 3, 4, 5, 6, 7, 8, 9, 100).p90());
    }

    @Test
    void noFiguresAreNoSamples() {
        assertThrows(IllegalArgumentException.class, () -> Samples.of(List.of()));
    }

    @Test
    void cellsWithCommasAreQuoted() {
        Table table = new Table(List.of("a", "b"), List.of(List.of("x, y", "say \"z\"")));
        assertEquals("a,b\n\"x, y\",\"say \"\"z\"\"\"\n", table.toCsv());
        assertEquals("| a | b |\n| --- | --- |\n| x, y | say \"z\" |\n", table.toMarkdown());
    }

    @Test
    void aRowHasAsManyCellsAsThereAreColumns() {
        assertThrows(IllegalArgumentException.class, () -> new Table(List.of("a", "b"), List.of(List.of("x"))));
    }

    @Test
    void ticksEncloseWhatIsShown() {
        assertEquals(List.of(2.0, 5.0, 10.0, 20.0), RangePlot.decades(3, 15));
        assertEquals(List.of(1.0, 2.0), RangePlot.decades(1, 1));
        assertEquals(List.of(-1000.0, -500.0, 0.0, 500.0), RangePlot.steps(-812, 400));
    }

    @Test
    void aPictureIsWellFormedAndHasADotForEachRow() throws Exception {
        RangePlot plot = new RangePlot("a < b & c", "ms", true);
        plot.add("ours", samples(1, 2, 3), true);
        plot.add("theirs", samples(10, 20, 3000), false);
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot.toSvg())));
        assertEquals(2, svg.getElementsByTagName("circle").getLength());
    }

    @Test
    void aMeasurementTakesThePlaceOfTheOneBefore(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("README.md"), MARKED);
        Report report = new Report(directory, List.of("one", "two"));
        report.put(section("two", "22"), "then");
        report.put(section("one", "10"), "then");
        report.put(section("one", "11"), "now");
        assertEquals(
                "# Before\n\n<!-- results: written by scripts/benchmark -->\n"
                        + "\n### Title of one\n\nprose\n\n| h |\n| --- |\n| 11 |\n\n*now*\n"
                        + "\n### Title of two\n\nprose\n\n| h |\n| --- |\n| 22 |\n\n*then*\n\n"
                        + "<!-- end of results -->\nafter\n",
                Files.readString(directory.resolve("README.md")));
        assertEquals("h\n11\n", Files.readString(directory.resolve("results/one.csv")));
    }

    private static Section section(String name, String cell) {
        return new Section(
                name, "Title of " + name, "prose", new Table(List.of("h"), List.of(List.of(cell))), Optional.empty());
    }

    @Test
    void aReadmeWithoutAPlaceForResultsIsRefused() {
        assertThrows(IllegalStateException.class, () -> Report.between("# Before\n", "results"));
    }
}
