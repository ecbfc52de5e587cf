package io.github.leaderelection.testservers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Finds the program {@code etcd}: on the PATH, in the cache directory, or, where Docker runs, inside of etcd's image. From
 * there it is copied into the cache directory and run as a plain process like the others, so that killing and pausing are
 * the same everywhere; it is a Linux program, so that Docker helps on Linux alone.
 */
final class EtcdBinary {

    private static final String PROGRAM = "etcd";
    private static final DockerImageName IMAGE = DockerImageName.parse("quay.io/coreos/etcd:v3.5.21");

    private EtcdBinary() {}

    /** The program; ends the running test if there is none. */
    static Path find() {
        return onPath().or(EtcdBinary::inCache)
                .or(EtcdBinary::fromImage)
                .orElseGet(() -> ServerRequirement.missing("no etcd: expected the program 'etcd' on the PATH or as "
                        + cached() + ", or a Docker engine on Linux;"
                        + " install it, for example with 'apt-get install etcd-server'"));
    }

    private static Optional<Path> onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> inCache() {
        return Optional.of(cached()).filter(Files::isExecutable);
    }

    private static Path cached() {
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return cache.resolve("leaderelection").resolve(PROGRAM);
    }

    private static Optional<Path> fromImage() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        if (!linux || !DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        try (GenericContainer<?> container = new GenericContainer<>(IMAGE)) {
            container.start();
            Files.createDirectories(cached().getParent());
            Path copy = Files.createTempFile(cached().getParent(), PROGRAM, ".part");
            container.copyFileFromContainer("/usr/local/bin/etcd", copy.toString());
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Optional.of(Files.move(copy, cached(), StandardCopyOption.ATOMIC_MOVE));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot copy etcd out of " + IMAGE, failed);
        }
    }
}
