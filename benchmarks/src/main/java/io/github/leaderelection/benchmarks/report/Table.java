package io.github.leaderelection.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of text.
 *
 * @param headers the names of the columns
 * @param rows the cells, as many in each row as there are columns
 */
public record Table(List<String> headers, List<List<String>> rows) {

    public Table {
        headers = List.copyOf(headers);
        rows = List.copyOf(rows);
        for (List<String> row : rows) {
            if (row.size() != headers.size()) {
                throw new IllegalArgumentException("expected " + headers.size() + " cells, as in " + headers
                        + ", but got " + row.size() + ": " + row);
            }
        }
    }

    /** A row of text cells, and then others. */
    public static List<String> row(List<String> first, List<String> then) {
        List<String> row = new ArrayList<>(first);
        row.addAll(then);
        return row;
    }

    /** In Markdown. */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder();
        appendMarkdown(text, headers);
        appendMarkdown(text, headers.stream().map(header -> "---").toList());
        rows.forEach(row -> appendMarkdown(text, row));
        return text.toString();
    }

    private static void appendMarkdown(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** As comma-separated values, RFC 4180 but for the ends of lines. */
    public String toCsv() {
        StringBuilder text = new StringBuilder();
        appendCsv(text, headers);
        rows.forEach(row -> appendCsv(text, row));
        return text.toString();
    }

    private static void appendCsv(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(Table::csv).collect(Collectors.joining(",")))
                .append('\n');
    }

    private static String csv(String cell) {
        return cell.matches("[^\",\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
