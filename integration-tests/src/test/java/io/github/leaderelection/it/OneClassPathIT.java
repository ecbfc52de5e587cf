package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.testcalls.Candidate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All locks are on one class path, and which one is used is a matter of a file. */
class OneClassPathIT {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    private Candidate candidate(Path directory, String identity, Map<String, String> settings) throws Exception {
        Properties properties = new Properties();
        properties.putAll(settings);
        properties.setProperty("leaderelection.name", "demo/leader");
        properties.setProperty("leaderelection.identity", identity);
        Path file = directory.resolve(settings.get("leaderelection.lock") + "-" + identity + ".properties");
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return closing(new Candidate(ResourceLocks.openFile(file), Candidate.Timing.QUICK));
    }

    /** In one JVM and at the same time, so that none of their clients can live at the expense of another's. */
    @Test
    void oneProgramLeadsAndHandsOverOnEveryBackendAtOnce(@TempDir Path directory) throws Exception {
        List<Map<String, String>> backends = new ArrayList<>();
        for (BackendKind kind : BackendKind.values()) {
            backends.add(closing(kind.open()).settings());
        }
        backends.add(Map.of("leaderelection.lock", "inmemory"));
        assertEquals(
                List.of("etcd", "zookeeper", "kubernetes-lease", "inmemory"),
                backends.stream()
                        .map(settings -> settings.get("leaderelection.lock"))
                        .toList());

        List<Candidate> first = new ArrayList<>();
        for (Map<String, String> settings : backends) {
            first.add(candidate(directory, "a", settings));
        }
        for (Candidate leader : first) {
            leader.awaitTenure(1);
        }
        List<Candidate> second = new ArrayList<>();
        for (Map<String, String> settings : backends) {
            second.add(candidate(directory, "b", settings));
        }
        first.forEach(Candidate::close);
        for (int i = 0; i < backends.size(); i++) {
            second.get(i).awaitTenure(1);
            assertEquals(
                    1,
                    Long.signum(second.get(i).latest().fencingToken()
                            - first.get(i).latest().fencingToken()),
                    "tokens grow on " + backends.get(i).get("leaderelection.lock"));
        }
    }
}
