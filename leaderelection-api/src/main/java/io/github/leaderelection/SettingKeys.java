package io.github.leaderelection;

import io.github.leaderelection.spi.Excerpt;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys that the locks on the class path understand, and how they are written in files and in the environment. */
final class SettingKeys {

    static final String PREFIX = "leaderelection.";
    static final String LOCK = PREFIX + "lock";
    static final String NAME = PREFIX + "name";
    static final String IDENTITY = PREFIX + "identity";

    private static final List<String> TOP = List.of(LOCK, NAME, IDENTITY);
    private static final String VARIABLE_PREFIX = variable(PREFIX);

    /**
     * What Kubernetes puts into the environment of each container for a service beside it; one that is named
     * leaderelection-something makes variables that look like ours.
     *
     * @see <a href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Services</a>
     */
    private static final Pattern SERVICE_VARIABLE =
            Pattern.compile("(.+?)_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private final LockProviders providers;

    SettingKeys(LockProviders providers) {
        this.providers = providers;
    }

    /**
     * Refuses keys that nobody understands. Sections of locks that were not selected are checked as well; those of locks
     * of this project that are not on the class path are let pass.
     *
     * @param keys full keys, each with {@link #PREFIX}
     */
    void check(Collection<String> keys) {
        for (String key : new TreeSet<>(keys)) {
            if (!isKnown(key)) {
                Collection<String> known = section(key)
                        .flatMap(providers::find)
                        .map(SettingKeys::keysOf)
                        .orElseGet(this::all);
                throw new IllegalArgumentException("unknown key " + Excerpt.of(key) + Spelling.hint(key, all())
                        + ": correct or remove it. Known keys: " + String.join(", ", known));
            }
        }
    }

    private boolean isKnown(String key) {
        return TOP.contains(key)
                || section(key)
                        .map(section -> providers
                                .find(section)
                                .map(provider -> keysOf(provider).contains(key))
                                .orElse(LockProviders.isWellKnown(section)))
                        .orElse(false);
    }

    /** Of {@code leaderelection.<section>.<key>} the section. */
    private static Optional<String> section(String key) {
        int dot = key.indexOf('.', PREFIX.length());
        return dot < 0 ? Optional.empty() : Optional.of(key.substring(PREFIX.length(), dot));
    }

    private Collection<String> all() {
        Collection<String> all = new TreeSet<>(TOP);
        providers.all().forEach(provider -> all.addAll(keysOf(provider)));
        return all;
    }

    private static Collection<String> keysOf(ResourceLockProvider provider) {
        Collection<String> keys = new TreeSet<>();
        for (SettingKey key : provider.keys()) {
            keys.add(full(provider, key));
        }
        return keys;
    }

    /** The key as it is written in files. */
    static String full(ResourceLockProvider provider, SettingKey key) {
        return PREFIX + provider.name() + "." + key.name();
    }

    /** The key as it is written in the environment. */
    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The settings in {@code environment}, under their full keys. */
    Map<String, String> fromEnvironment(Map<String, String> environment) {
        SortedMap<String, String> keyOf = variables();
        SortedMap<String, String> settings = new TreeMap<>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (!variable.startsWith(VARIABLE_PREFIX)) {
                return;
            }
            String key = keyOf.get(variable);
            if (key == null) {
                requireForeign(variable, environment, keyOf.keySet());
            } else if (!value.isEmpty()) {
                settings.put(key, value);
            }
        });
        return Map.copyOf(settings);
    }

    /** Each known variable, and its key. */
    private SortedMap<String, String> variables() {
        SortedMap<String, String> keyOf = new TreeMap<>();
        for (String key : all()) {
            String other = keyOf.putIfAbsent(variable(key), key);
            if (other != null) {
                throw new IllegalStateException("the variable " + variable(key) + " could be " + other + " or " + key
                        + ": write the settings to a file, or remove the module of one of the locks");
            }
        }
        return keyOf;
    }

    private void requireForeign(String variable, Map<String, String> environment, Collection<String> known) {
        boolean ofAbsentLock = LockProviders.wellKnown().stream()
                .filter(name -> providers.find(name).isEmpty())
                .anyMatch(name -> variable.startsWith(variable(PREFIX + name + ".")));
        Matcher service = SERVICE_VARIABLE.matcher(variable);
        boolean ofService = service.matches() && environment.containsKey(service.group(1) + "_SERVICE_HOST");
        if (!ofAbsentLock && !ofService) {
            throw new IllegalArgumentException("unknown environment variable " + Excerpt.of(variable)
                    + Spelling.hint(variable, known) + ": correct or remove it. Known variables: "
                    + String.join(", ", known));
        }
    }
}
