package io.github.leaderelection.cli;

import io.github.leaderelection.ResourceLocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which election, over which lock: the options that say so, laid over the environment, laid over a file. */
final class ElectionOptions {

    private static final Logger LOGGER = System.getLogger("io.github.leaderelection.cli");
    private static final String PREFIX = "leaderelection.";
    private static final String LOCK = PREFIX + "lock";
    private static final String NAME = PREFIX + "name";
    private static final String DEFAULT_LOCK = "inmemory";

    @Option(
            names = "--lock",
            paramLabel = "KIND",
            description =
                    "The kind of lock, for example etcd. Without it, and without leaderelection.lock in the settings:"
                            + " inmemory, which no other process sees.")
    private @Nullable String lock;

    @Option(names = "--name", paramLabel = "ELECTION", description = "The election, for example demo/leader.")
    private @Nullable String name;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A file of settings, as java.util.Properties in UTF-8. Over them go those of the environment"
                    + " (LEADERELECTION_ETCD_ENDPOINTS and so on), and over these the options.")
    private @Nullable Path config;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "A setting, for example -D etcd.endpoints=http://127.0.0.1:2379. The key may begin with"
                    + " leaderelection. or go without. Other users of the machine can see the command line: passwords"
                    + " belong into the file or the environment.")
    private List<String> assignments = new ArrayList<>();

    @Option(
            names = {"-v", "--verbose"},
            description = "Log information, too; given twice: the details of the election.")
    private boolean[] verbose = {};

    int verbosity() {
        return verbose.length;
    }

    /**
     * The settings, by full key.
     *
     * @throws IllegalArgumentException if a source cannot be read, or none names the election
     */
    Map<String, String> settings(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (config != null) {
            settings.putAll(ResourceLocks.settingsFromFile(config));
        }
        settings.putAll(ResourceLocks.settingsFromEnvironment(environment));
        for (int i = 0; i < assignments.size(); i++) {
            assign(settings, assignments.get(i), i + 1);
        }
        if (lock != null) {
            settings.put(LOCK, lock);
        }
        if (name != null) {
            settings.put(NAME, name);
        }
        if (settings.getOrDefault(NAME, "").isBlank()) {
            throw new IllegalArgumentException("no election is named: give --name, for example --name demo/leader, or "
                    + NAME + " in the settings");
        }
        if (settings.getOrDefault(LOCK, "").isBlank()) {
            settings.put(LOCK, DEFAULT_LOCK);
            LOGGER.log(
                    Level.WARNING,
                    "no lock is named: it is {0}, which no other process sees; give --lock, for example --lock etcd",
                    DEFAULT_LOCK);
        }
        return settings;
    }

    /** The message does not repeat the assignment, which may be a password. */
    private static void assign(Map<String, String> settings, String assignment, int number) {
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException(
                    "-D number " + number + " must be KEY=VALUE, for example -D etcd.endpoints=http://127.0.0.1:2379");
        }
        String key = assignment.substring(0, equals).strip();
        settings.put(key.startsWith(PREFIX) ? key : PREFIX + key, assignment.substring(equals + 1));
    }
}
