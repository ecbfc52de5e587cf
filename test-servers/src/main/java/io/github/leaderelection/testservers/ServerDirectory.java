package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a server keeps its data and its log while a test runs. */
final class ServerDirectory {

    private ServerDirectory() {}

    static Path create(String server) {
        try {
            return Files.createTempDirectory("leaderelection-" + server + "-");
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot make a directory for " + server, failed);
        }
    }

    /** Deletes a tree, if it is there. */
    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot delete " + tree, failed);
        }
    }
}
