package io.github.leaderelection;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Opens locks from settings, so that a backend is a dependency and a line of configuration:
 * <pre>
 * leaderelection.lock=etcd
 * leaderelection.name=demo/scheduler
 * leaderelection.identity=...          # default: the pod's or host's name and a random suffix
 * leaderelection.etcd.endpoints=http://127.0.0.1:2379
 * </pre>
 *
 * <p>{@code leaderelection.lock} names the kind of lock, and {@code leaderelection.<lock>.<key>} are the settings of that
 * kind. Settings may hold the sections of several locks, so that switching is a change of one line. Keys that do not begin
 * with {@code leaderelection.} are ignored. A key that nobody understands is refused, also in the section of a lock that
 * was not selected; only sections of this project's own locks whose modules are absent are let pass. An empty value counts
 * as none; white space around a value is dropped unless the key is a secret.
 *
 * <p>Locks are found through {@link java.util.ServiceLoader} with the class loader of this class, whatever thread calls:
 * the module of a lock must be where this one is. All methods may be called from any thread; values of settings never
 * appear in their messages, but for the name of the lock.
 *
 * <p>All methods that open a lock throw {@link IllegalArgumentException} if a setting is missing, unknown or makes no
 * sense, if the lock is not on the class path, or if two on the class path have one name; and
 * {@link IllegalStateException} if a lock on the class path cannot be loaded. The caller closes the lock.
 */
public final class ResourceLocks {

    /** A megabyte: thousands of times what settings need; more is some other file. */
    private static final int FILE_BYTES_MAX = 1 << 20;

    private ResourceLocks() {}

    /** Opens the lock that {@code settings} describe, by full key. */
    public static ResourceLock open(Map<String, String> settings) {
        return open(settings, onClassPath());
    }

    /** Opens the lock that {@code properties}, with their defaults, describe. */
    public static ResourceLock open(Properties properties) {
        return open(settingsFrom(properties), onClassPath());
    }

    /**
     * Opens the lock that a file of properties describes.
     *
     * @throws IllegalArgumentException also as {@link #settingsFromFile}
     */
    public static ResourceLock openFile(Path file) {
        return open(settingsFromFile(file));
    }

    /**
     * Opens the lock that the environment describes, usually {@link System#getenv()}.
     *
     * @throws IllegalArgumentException also as {@link #settingsFromEnvironment}
     */
    public static ResourceLock openEnvironment(Map<String, String> environment) {
        LockProviders providers = onClassPath();
        return open(settingsFromEnvironment(environment, providers), providers);
    }

    /**
     * The settings in a {@code .properties} file in UTF-8, of at most a megabyte, by full key; to be put over or under those of other sources and
     * given to {@link #open(Map)}, which checks them.
     *
     * @throws IllegalArgumentException if the file cannot be read as such
     */
    public static Map<String, String> settingsFromFile(Path file) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new IOException("it has more than " + FILE_BYTES_MAX + " bytes");
            }
            // A decoder, as opposed to a character set, refuses what is not UTF-8.
            properties.load(
                    new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder()));
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    "the settings file " + file + " does not exist: create it, or correct the path", missing);
        } catch (CharacterCodingException garbled) {
            throw new IllegalArgumentException(
                    "the settings file " + file + " is not text in UTF-8: save it in that encoding", garbled);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "the settings file " + file + " cannot be read: it must be a readable file in the format of "
                            + "java.util.Properties, but: " + unreadable,
                    unreadable);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "the settings file " + file + " is malformed: a backslash before u must be followed by four "
                            + "hexadecimal digits; write a backslash as two",
                    malformed);
        }
        return settingsFrom(properties);
    }

    /**
     * The settings in an environment, by full key; to be put over or under those of other sources and given to
     * {@link #open(Map)}. A variable is the key in upper case, with underscores for dots and dashes:
     * {@code LEADERELECTION_ETCD_TLS_DIRECTORY}. Empty variables count as not set.
     *
     * <p>Left out are variables that do not begin with {@code LEADERELECTION_}, those of this project's own locks whose
     * modules are absent, and those that Kubernetes makes for a service whose name begins with {@code leaderelection}.
     *
     * @throws IllegalArgumentException if another variable that begins with {@code LEADERELECTION_} is not known
     * @throws IllegalStateException if a lock on the class path cannot be loaded
     */
    public static Map<String, String> settingsFromEnvironment(Map<String, String> environment) {
        return settingsFromEnvironment(environment, onClassPath());
    }

    static Map<String, String> settingsFromEnvironment(Map<String, String> environment, LockProviders providers) {
        return new SettingKeys(providers).fromEnvironment(environment);
    }

    private static LockProviders onClassPath() {
        return LockProviders.load(ResourceLocks.class.getClassLoader());
    }

    private static Map<String, String> settingsFrom(Properties properties) {
        Map<String, String> settings = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(SettingKeys.PREFIX)) {
                settings.put(key, properties.getProperty(key));
            }
        }
        return Map.copyOf(settings);
    }

    static ResourceLock open(Map<String, String> settings, LockProviders providers) {
        Map<String, String> ours = new TreeMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(SettingKeys.PREFIX)) {
                ours.put(key, value);
            }
        });
        Optional<String> lock = text(ours, SettingKeys.LOCK);
        // Before the keys: if the module is absent then that is what is wrong, and not the keys of its section.
        Optional<ResourceLockProvider> selected = lock.map(providers::require);
        // Before the rest: a misspelt key is better told as such than as the absence of the right one.
        new SettingKeys(providers).check(ours.keySet());
        ResourceLockProvider provider = selected.orElseThrow(providers::lockMissing);
        String name = text(ours, SettingKeys.NAME)
                .orElseThrow(() -> new IllegalArgumentException(
                        SettingKeys.NAME + " is missing: it says which election the candidate takes part in, for "
                                + "example " + SettingKeys.NAME + "=demo/scheduler"));
        String identity = text(ours, SettingKeys.IDENTITY).orElseGet(ResourceLocks::uniqueIdentity);
        return provider.open(new LockSettings(provider.name(), name, identity, section(ours, provider)));
    }

    private static Optional<String> text(Map<String, String> settings, String key) {
        return Optional.ofNullable(settings.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static Map<String, String> section(Map<String, String> settings, ResourceLockProvider provider) {
        Map<String, String> section = new HashMap<>();
        for (SettingKey key : provider.keys()) {
            String value = settings.get(SettingKeys.full(provider, key));
            if (value != null) {
                section.put(key.name(), key.secret() ? value : value.strip());
            }
        }
        return section;
    }

    /** As client-go's users make theirs: the pod's or host's name, for people, and a random suffix, to be unique. */
    private static String uniqueIdentity() {
        return hostName() + "_" + UUID.randomUUID();
    }

    private static String hostName() {
        // The environment first: to ask the resolver may take long where there is none.
        return Stream.of("POD_NAME", "HOSTNAME", "COMPUTERNAME")
                .flatMap(variable -> Stream.ofNullable(System.getenv(variable)))
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElseGet(ResourceLocks::resolvedHostName);
    }

    private static String resolvedHostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unresolvable) {
            // The name is only for people to read; what makes the identity unique comes after it.
            return "unknown-host";
        }
    }
}
