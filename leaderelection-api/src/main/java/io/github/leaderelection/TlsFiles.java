package io.github.leaderelection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The three files of a {@link TlsConfig} as they come and go: reads them again when they have changed, and keeps what it has
 * while they cannot be read. May be used from any thread.
 */
final class TlsFiles {

    private static final System.Logger LOGGER = System.getLogger(TlsConfig.class.getName());

    /** The material, and how many changes came before it. */
    record Edition(long number, TlsMaterial material) {}

    /** What tells one state of a file from another without reading it; a new file under the old name has a new key. */
    private record Stamp(FileTime modified, long size, String fileKey) {}

    private final Path directory;
    private final Object rereading = new Object();
    /** As of just before the last reading, so that a change during it counts as one after it. Under the lock. */
    private List<Optional<Stamp>> stamps;

    /** Replaced under the lock, read without. */
    private volatile List<Edition> editions;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException as {@link TlsMaterial#read}
     */
    TlsFiles(Path directory) {
        this.directory = directory;
        stamps = stamps();
        editions = List.of(new Edition(0, TlsMaterial.read(directory)));
    }

    Path directory() {
        return directory;
    }

    /** What the files say now, or what they said when they could last be read. */
    Edition current() {
        synchronized (rereading) {
            List<Optional<Stamp>> now = stamps();
            if (!now.equals(stamps)) {
                stamps = now;
                reread();
            }
            return editions.get(0);
        }
    }

    private void reread() {
        Edition last = editions.get(0);
        try {
            editions = List.of(new Edition(last.number() + 1, TlsMaterial.read(directory)), last);
        } catch (IllegalArgumentException broken) {
            // Somebody may be in the middle of replacing the files one by one: they change once more then.
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the TLS files in {0} have changed, but cannot be used; the old ones stay in use: {1}",
                    directory,
                    broken.getMessage());
        }
    }

    /** The edition of that number, if it is the current one or the one before. */
    Optional<Edition> find(long number) {
        return editions.stream().filter(edition -> edition.number() == number).findFirst();
    }

    private List<Optional<Stamp>> stamps() {
        return Stream.of(TlsMaterial.CERTIFICATE_FILE, TlsMaterial.KEY_FILE, TlsMaterial.AUTHORITIES_FILE)
                .map(file -> stamp(directory.resolve(file)))
                .toList();
    }

    private static Optional<Stamp> stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(
                    new Stamp(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey())));
        } catch (IOException absent) {
            // Reading it, which follows if it was there before, tells in words what is wrong.
            return Optional.empty();
        }
    }
}
