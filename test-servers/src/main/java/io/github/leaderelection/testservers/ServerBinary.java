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
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * The program of a server: on the PATH, in the cache directory, or, where Docker runs, inside of an image. From there it is
 * copied into the cache directory and run as a plain process like the others, so that killing and pausing are the same
 * everywhere; it is a Linux program, so that Docker helps on Linux alone.
 *
 * @param program its name, on the PATH, in the cache directory, and in {@code /usr/local/bin} of the image
 * @param image where it is copied from
 * @param remedy what to do where there is none, as a sentence's end
 */
record ServerBinary(String program, String image, String remedy) {

    static final ServerBinary ETCD = new ServerBinary(
            "etcd", "quay.io/coreos/etcd:v3.5.21", "install it, for example with 'apt-get install etcd-server'");

    static final ServerBinary KUBE_APISERVER = new ServerBinary(
            "kube-apiserver",
            "registry.k8s.io/kube-apiserver:v1.30.14",
            "scripts/fetch-kube-apiserver builds it from Debian's sources");

    /** The program; ends the running test if there is none. */
    Path find() {
        return onPath().or(this::inCache)
                .or(this::fromImage)
                .orElseGet(() -> ServerRequirement.missing("no " + program + ": expected the program '" + program
                        + "' on the PATH or as " + cached() + ", or a Docker engine on Linux; " + remedy));
    }

    private Optional<Path> onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Optional<Path> inCache() {
        return Optional.of(cached()).filter(Files::isExecutable);
    }

    private Path cached() {
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return cache.resolve("leaderelection").resolve(program);
    }

    private Optional<Path> fromImage() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        if (!linux || !DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        String inside = "/usr/local/bin/" + program;
        // It says its version and ends: images differ in what they start by themselves, and a copy needs no running
        // container.
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withCreateContainerCmdModifier(create -> create.withEntrypoint(inside, "--version"))
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
            container.start();
            Files.createDirectories(cached().getParent());
            Path copy = Files.createTempFile(cached().getParent(), program, ".part");
            container.copyFileFromContainer(inside, copy.toString());
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Optional.of(Files.move(copy, cached(), StandardCopyOption.ATOMIC_MOVE));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot copy " + program + " out of " + image, failed);
        }
    }
}
