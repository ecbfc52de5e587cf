package io.github.leaderelection.benchmarks.electors;

import java.util.Map;

/**
 * Where a server is reached.
 *
 * @param endpoint a URL, or for ZooKeeper a connect string
 * @param token the bearer token of an administrator; empty where there are no users
 * @param caFile the authority of the server's certificate; empty without TLS
 */
public record Address(String endpoint, String token, String caFile) {

    private static final String PREFIX = "BENCHMARK_";

    /** As variables of an environment, which no other user of the machine sees. */
    public Map<String, String> toEnvironment() {
        return Map.of(PREFIX + "ENDPOINT", endpoint, PREFIX + "TOKEN", token, PREFIX + "CA_FILE", caFile);
    }

    /** The address in this process's environment. */
    public static Address ofEnvironment() {
        return new Address(variable("ENDPOINT"), variable("TOKEN"), variable("CA_FILE"));
    }

    private static String variable(String name) {
        String value = System.getenv(PREFIX + name);
        if (value == null) {
            throw new IllegalStateException("expected the environment to have " + PREFIX + name);
        }
        return value;
    }
}
