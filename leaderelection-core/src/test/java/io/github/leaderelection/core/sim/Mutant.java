package io.github.leaderelection.core.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fault that is put into the sources on purpose, to see whether a test notices. */
public record Mutant(String name, List<Edit> edits) {

    /** Text that occurs exactly once in a file, and what to put there instead. */
    public record Edit(String file, String find, String replace) {}

    private static final Path CORE = Path.of("src/main/java/io/github/leaderelection/core");
    private static final Path MACHINE = CORE.resolve("machine");
    private static final Path TESTS = Path.of("src/test/java/io/github/leaderelection/core");

    /** The mutants of a table; a file without a folder is one of the machine, one in {@code core/} is of the runtime. */
    public static List<Mutant> read(Path table) throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        List<Edit> edits = new ArrayList<>();
        String file = "";
        StringBuilder find = new StringBuilder();
        StringBuilder replace = new StringBuilder();
        for (String line : Files.readAllLines(table)) {
            if (line.startsWith("-|")) {
                append(find, line);
                continue;
            } else if (line.startsWith("+|")) {
                append(replace, line);
                continue;
            }
            if (find.length() > 0) {
                edits.add(new Edit(file, find.toString(), replace.toString()));
                find.setLength(0);
                replace.setLength(0);
            }
            if (line.startsWith("== ")) {
                edits = new ArrayList<>();
                mutants.add(new Mutant(line.substring(3), edits));
            } else if (line.endsWith(".java")) {
                file = line;
            }
        }
        if (find.length() > 0) {
            edits.add(new Edit(file, find.toString(), replace.toString()));
        }
        return mutants;
    }

    private static void append(StringBuilder text, String line) {
        text.append(text.length() > 0 ? "\n" : "").append(line.substring(2));
    }

    /** The sources that it changes, changed, by path; refuses what no longer fits the sources. */
    public Map<Path, String> sources() throws IOException {
        Map<Path, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            Path path = path(edit.file());
            String source = changed.containsKey(path) ? changed.get(path) : Files.readString(path);
            int first = source.indexOf(edit.find());
            if (first < 0 || source.indexOf(edit.find(), first + 1) >= 0) {
                throw new IllegalStateException("the mutant \"" + name + "\" is out of date: what it replaces occurs "
                        + (first < 0 ? "not at all" : "more than once") + " in " + edit.file() + ":\n" + edit.find());
            }
            changed.put(path, source.replace(edit.find(), edit.replace()));
        }
        return changed;
    }

    private static Path path(String file) {
        return file.startsWith("core/")
                ? CORE.resolve(file.substring("core/".length()))
                : (file.contains("/") ? TESTS : MACHINE).resolve(file);
    }
}
