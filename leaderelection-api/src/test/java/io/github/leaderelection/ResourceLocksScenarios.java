package io.github.leaderelection;

import io.github.leaderelection.spi.ResourceLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** What {@link ResourceLocksTests} runs where locks are on the class path. Public, because it is made by reflection. */
final class ResourceLocksScenarios {

    private ResourceLocksScenarios() {}

    public static final class OpenFromEverySource implements Callable<List<String>> {
        @Override
        public List<String> call() throws IOException {
            Properties properties = new Properties();
            properties.setProperty("leaderelection.lock", "etcd");
            properties.setProperty("leaderelection.name", "from properties");
            properties.setProperty("some.other.key", "x");
            Path file = Files.createTempFile("settings", ".properties");
            try {
                Files.writeString(file, "leaderelection.lock=etcd\nleaderelection.name=from a file\nother=x\n");
                return Stream.of(
                                ResourceLocks.open(Map.of(
                                        "leaderelection.lock", "etcd", "leaderelection.name", "from a map", "x", "y")),
                                ResourceLocks.open(properties),
                                ResourceLocks.openFile(file),
                                ResourceLocks.openEnvironment(Map.of(
                                        "LEADERELECTION_LOCK", "etcd",
                                        "LEADERELECTION_NAME", "from the environment",
                                        "PATH", "/bin")))
                        .map(OpenFromEverySource::name)
                        .toList();
            } finally {
                Files.delete(file);
            }
        }

        private static String name(ResourceLock lock) {
            return ((FakeLock) lock).settings().orElseThrow().name();
        }
    }
}
