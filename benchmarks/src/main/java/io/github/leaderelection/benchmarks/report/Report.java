package io.github.leaderelection.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of the report: those of each measurement in {@code results}, and all of them together in a README. */
public final class Report {

    private static final String BEGIN = "<!-- results: written by scripts/benchmark -->\n";
    private static final String END = "<!-- end of results -->\n";

    private final Path directory;
    private final List<String> order;

    /** The report in {@code directory}, with the measurements in this order. */
    public Report(Path directory, List<String> order) {
        this.directory = directory;
        this.order = order;
    }

    /** Puts a measurement into the report, in the place of the one of that name before. */
    public void put(Section section, String circumstances) {
        try {
            Path results = Files.createDirectories(directory.resolve("results"));
            Files.writeString(
                    results.resolve(section.name() + ".csv"), section.table().toCsv());
            StringBuilder text = new StringBuilder("### " + section.title() + "\n\n")
                    .append(section.prose())
                    .append("\n\n")
                    .append(section.table().toMarkdown())
                    .append('\n');
            if (section.picture().isPresent()) {
                Files.writeString(
                        results.resolve(section.name() + ".svg"),
                        section.picture().get());
                text.append("![").append(section.title()).append("](results/").append(section.name());
                text.append(".svg)\n\n");
            }
            text.append('*').append(circumstances).append("*\n");
            Files.writeString(results.resolve(section.name() + ".md"), text);
            rewriteReadme(results);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write the report into " + directory, failed);
        }
    }

    private void rewriteReadme(Path results) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : order) {
            Path part = results.resolve(name + ".md");
            if (Files.exists(part)) {
                all.append('\n').append(Files.readString(part));
            }
        }
        Path readme = directory.resolve("README.md");
        Files.writeString(
                readme, between(Files.readString(readme), all.append('\n').toString()));
    }

    static String between(String readme, String results) {
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("expected the lines '" + BEGIN.trim() + "' and '" + END.trim()
                    + "' in README.md: put them back where the results belong");
        }
        return readme.substring(0, begin + BEGIN.length()) + results + readme.substring(end);
    }
}
