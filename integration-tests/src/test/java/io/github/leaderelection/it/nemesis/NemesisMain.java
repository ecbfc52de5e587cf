package io.github.leaderelection.it.nemesis;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Attacks one backend for as long as it is told. Prints a line each minute and a summary, and fails if a promise was broken.
 * From the root of the repository:
 * <pre>
 * mvn -q -pl integration-tests -am verify -DskipTests -DskipITs -Pnemesis -Dnemesis="backend=ETCD minutes=60"
 * mvn -q -pl integration-tests -am verify -DskipTests -DskipITs -Pnemesis -Dnemesis="backend=ZOOKEEPER minutes=5 seed=7"
 * </pre>
 * {@code leases} are SESSION, OBSERVED, DEFAULT or BOTH, candidates of either kind in one election.
 * Backends are ETCD, ZOOKEEPER and KUBERNETES; {@code candidates=3} to 5 may be said, too; without a seed it takes a fresh
 * one. {@code clocks=BEYOND} has clocks run at rates beyond the bound, so that overlaps are to be expected and are shown. The journal goes to {@code integration-tests/target/nemesis}.
 */
final class NemesisMain {

    private NemesisMain() {}

    /** Runs. */
    public static void main(String[] arguments) {
        Map<String, String> words = new TreeMap<>(Map.of(
                "backend",
                "ETCD",
                "minutes",
                "5",
                "candidates",
                "4",
                "clocks",
                "WITHIN",
                "leases",
                "BOTH",
                "seed",
                Long.toString(freshSeed())));
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length != 2 || !words.containsKey(parts[0])) {
                throw new IllegalArgumentException(
                        "expected " + words.keySet() + " with values, but got '" + argument + "'");
            }
            words.put(parts[0], parts[1]);
        }
        NemesisRun.Verdict verdict = new NemesisRun(options(words), System.out).run();
        if (!verdict.violations().isEmpty()) {
            throw new AssertionError(verdict.violations().size() + " violations; see the summary");
        }
    }

    private static NemesisRun.Options options(Map<String, String> words) {
        return new NemesisRun.Options(
                Servers.Kind.valueOf(word(words, "backend")),
                Duration.ofMinutes(Long.parseLong(word(words, "minutes"))),
                Long.parseLong(word(words, "seed")),
                Integer.parseInt(word(words, "candidates")),
                Election.Clocks.valueOf(word(words, "clocks")),
                NemesisRun.Mix.valueOf(word(words, "leases")),
                directory());
    }

    private static String word(Map<String, String> words, String key) {
        return words.getOrDefault(key, "");
    }

    /** A seed that nobody has used. */
    static long freshSeed() {
        return new SecureRandom().nextLong() >>> 16;
    }

    /** Where the build puts what it makes. */
    static Path directory() {
        return Path.of(System.getProperty("leaderelection.nemesis.directory", "target/nemesis"));
    }
}
