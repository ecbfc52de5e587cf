package io.github.leaderelection;

import io.github.leaderelection.spi.ResourceLockProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Writes service files, and makes class loaders that see them. */
final class IsolatedLoader {

    private IsolatedLoader() {}

    /** Declares {@code providers} as services of the kind {@code service} in {@code directory}. */
    static void declare(Path directory, Class<?> service, List<String> providers) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.write(services.resolve(service.getName()), providers);
    }

    /** Finds {@code providers} beside the test's own classes, where there are no others. */
    static LockProviders found(Path directory, List<String> providers) throws IOException {
        declare(directory, ResourceLockProvider.class, providers);
        URL[] urls = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, IsolatedLoader.class.getClassLoader())) {
            return LockProviders.load(loader);
        }
    }

    /**
     * Runs a scenario in a world of its own: the api's classes, with fresh static state, the test's classes, and the
     * services declared in {@code directory}.
     */
    static Object call(Path directory, Class<? extends Callable<?>> scenario) throws Exception {
        URL[] urls = {
            directory.toUri().toURL(),
            LeaderElectors.class.getProtectionDomain().getCodeSource().getLocation(),
            IsolatedLoader.class.getProtectionDomain().getCodeSource().getLocation()
        };
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Callable<?> callable = (Callable<?>) loader.loadClass(scenario.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            return callable.call();
        }
    }
}
