package io.github.leaderelection;

import io.github.leaderelection.spi.Excerpt;
import io.github.leaderelection.spi.ResourceLockProvider;
import java.net.URL;
import java.security.CodeSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of lock on the class path, by name; and the words for what is not there. Immutable. */
final class LockProviders {

    /** The modules of this project, by the name of their lock. */
    private static final Map<String, String> COORDINATES = Map.of(
            "etcd", "io.github.leaderelection:lock-etcd",
            "kubernetes-lease", "io.github.leaderelection:lock-kubernetes-lease",
            "zookeeper", "io.github.leaderelection:lock-zookeeper",
            "inmemory", "io.github.leaderelection:lock-inmemory");

    /** Without dots, because the name is one element of a key. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final SortedMap<String, ResourceLockProvider> byName;

    private LockProviders(SortedMap<String, ResourceLockProvider> byName) {
        this.byName = byName;
    }

    /**
     * Those that {@code loader} and its parents see.
     *
     * @throws IllegalStateException if one cannot be loaded or has an impossible name
     * @throws IllegalArgumentException if two have one name
     */
    static LockProviders load(ClassLoader loader) {
        SortedMap<String, ResourceLockProvider> byName = new TreeMap<>();
        try {
            for (ResourceLockProvider provider : ServiceLoader.load(ResourceLockProvider.class, loader)) {
                add(byName, provider);
            }
        } catch (ServiceConfigurationError | LinkageError broken) {
            throw new IllegalStateException(
                    "a lock on the class path cannot be loaded: " + broken.getMessage()
                            + "; remove its module, or add what it lacks. Loaded before it: " + describe(byName),
                    broken);
        }
        return new LockProviders(byName);
    }

    private static void add(Map<String, ResourceLockProvider> byName, ResourceLockProvider provider) {
        String name = provider.name();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalStateException("the name of a lock must match " + NAME + ", but that of "
                    + describe(provider) + " is '" + name + "'");
        }
        ResourceLockProvider other = byName.putIfAbsent(name, provider);
        if (other != null) {
            throw new IllegalArgumentException("two locks on the class path are named '" + name + "': "
                    + describe(other) + " and " + describe(provider) + "; remove the module of one");
        }
    }

    /**
     * The provider of the lock {@code name}.
     *
     * @throws IllegalArgumentException if there is none; says what there is, and what to add
     */
    ResourceLockProvider require(String name) {
        ResourceLockProvider provider = byName.get(name);
        if (provider != null) {
            return provider;
        }
        String remedy = Optional.ofNullable(COORDINATES.get(name))
                .map(coordinate -> "; add " + coordinate + " to the dependencies")
                .orElseGet(() ->
                        Spelling.hint(name, names()) + "; correct the name, or add the module that brings this lock");
        throw new IllegalArgumentException("leaderelection.lock is '" + Excerpt.of(name)
                + "', but no lock of that name is on the class path" + remedy + ". On the class path: "
                + describe(byName));
    }

    /** What to say when nothing says which lock is meant. */
    IllegalArgumentException lockMissing() {
        return new IllegalArgumentException("leaderelection.lock is missing: it says which kind of lock to open, for "
                + "example leaderelection.lock=etcd. On the class path: " + describe(byName));
    }

    Collection<ResourceLockProvider> all() {
        return byName.values();
    }

    Optional<ResourceLockProvider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Whether {@code name} is that of a lock of this project, on the class path or not. */
    static boolean isWellKnown(String name) {
        return COORDINATES.containsKey(name);
    }

    static Collection<String> wellKnown() {
        return COORDINATES.keySet();
    }

    private Collection<String> names() {
        Collection<String> names = new TreeSet<>(byName.keySet());
        names.addAll(COORDINATES.keySet());
        return names;
    }

    private static String describe(Map<String, ResourceLockProvider> byName) {
        if (byName.isEmpty()) {
            return "none (add one of " + String.join(", ", new TreeSet<>(COORDINATES.values())) + ")";
        }
        return byName.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + describe(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String describe(ResourceLockProvider provider) {
        String location = Optional.ofNullable(
                        provider.getClass().getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(URL::toString)
                .orElse("an unknown place");
        return provider.getClass().getName() + " from " + location;
    }
}
