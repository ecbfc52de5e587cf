package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.KubeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifests that people copy: with those rights an elector works, and without any one of them it says which is missing. */
class KubernetesManifestsIT {

    private static final Path MANIFESTS = Path.of("..", "examples", "kubernetes");
    private static final String LEASE = "scheduler";

    private final KubeApiServer server = KubeApiServer.shared();
    private final String namespace = "team-" + UUID.randomUUID();

    @BeforeEach
    void createNamespace() {
        server.createNamespace(namespace);
    }

    /** The documents in a file, with the namespace changed, as people would. */
    private List<JsonObject> documents(String file) throws IOException {
        Iterable<Object> documents = new Load(LoadSettings.builder().build())
                .loadAllFromString(Files.readString(MANIFESTS.resolve(file))
                        .replace("namespace: default", "namespace: " + namespace));
        return StreamSupport.stream(documents.spliterator(), false)
                .map(document -> new Gson().toJsonTree(document).getAsJsonObject())
                .toList();
    }

    private void apply(List<JsonObject> documents) {
        documents.forEach(document -> server.apply(namespace, document.toString()));
    }

    private ResourceLock lock() {
        return KubernetesLeaseLocks.builder()
                .url(server.url())
                .caFile(server.caFile())
                .token(server.serviceAccountToken(namespace, "scheduler"))
                .namespace(namespace)
                .lock(LEASE, "a");
    }

    /** Takes a verb out of every rule about Leases, and with it a rule that has no other. */
    private static void remove(Verb verb, JsonObject role) {
        JsonArray rules = new JsonArray();
        for (JsonElement rule : role.getAsJsonArray("rules")) {
            JsonArray verbs = rule.getAsJsonObject().getAsJsonArray("verbs");
            if (rule.toString().contains("leases")) {
                verbs.remove(new JsonPrimitive(verb.word()));
            }
            if (!verbs.isEmpty()) {
                rules.add(rule);
            }
        }
        role.add("rules", rules);
    }

    @Test
    void withExactlyThoseRightsAnElectorLeadsAndReleasesAndHasEvents() throws IOException {
        apply(documents("rbac.yaml"));
        try (Candidate candidate = new Candidate(lock(), Candidate.Timing.QUICK)) {
            candidate.awaitTenure(1);
        }
        assertEquals(
                "\"\"",
                new Gson()
                        .fromJson(server.get(namespace, LEASE).orElseThrow().json(), JsonObject.class)
                        .getAsJsonObject("spec")
                        .get("holderIdentity")
                        .toString());
        Eventually.isTrue("there are events", () -> server.events(namespace).size() == 2);
        try (ResourceLock other = KubernetesLeaseLocks.builder()
                .url(server.url())
                .caFile(server.caFile())
                .token(server.serviceAccountToken(namespace, "scheduler"))
                .namespace(namespace)
                .lock("another", "a")) {
            failure(LockDeniedException.class, other.get());
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnyOneOfThemTheErrorNamesIt(Verb missing) throws IOException {
        List<JsonObject> documents = documents("rbac.yaml");
        documents.stream()
                .filter(document -> document.get("kind").getAsString().equals("Role"))
                .forEach(role -> remove(missing, role));
        apply(documents);
        try (ResourceLock lock = lock()) {
            LockException denied = switch (missing) {
                case GET -> failure(LockDeniedException.class, lock.get());
                case CREATE -> failure(LockDeniedException.class, lock.create(heldBy("a")));
                case UPDATE -> {
                    var created = written(lock.create(heldBy("a")));
                    yield failure(LockDeniedException.class, lock.update(heldBy("a"), created));
                }
                case LIST, WATCH -> {
                    Broken broken = new Broken();
                    lock.watch(broken);
                    yield broken.cause();
                }
            };
            String message = String.valueOf(denied.getMessage());
            assertTrue(
                    message.contains("may not " + missing.word() + " leases.coordination.k8s.io in namespace "
                            + namespace + ": 403"),
                    message);
            assertTrue(message.contains("grant the verb '" + missing.word() + "'"), message);
        }
    }

    /** Candidates that may not watch still take over, by asking. */
    @Test
    void withoutTheRightToWatchTheElectionGoesOnAllTheSame() throws IOException {
        List<JsonObject> documents = documents("rbac.yaml");
        documents.forEach(document -> {
            if (document.get("kind").getAsString().equals("Role")) {
                remove(Verb.WATCH, document);
                remove(Verb.LIST, document);
            }
        });
        apply(documents);
        Candidate first = new Candidate(lock(), Candidate.Timing.QUICK);
        first.awaitTenure(1);
        try (Candidate second = new Candidate(lock(), Candidate.Timing.QUICK)) {
            first.close();
            second.awaitTenure(1);
        }
    }

    @Test
    void theDeploymentIsOneAndSetsWhatTheLibraryReads() throws IOException {
        List<JsonObject> deployment = documents("deployment.yaml");
        apply(deployment);
        Map<String, String> environment = new HashMap<>();
        JsonArray variables = deployment
                .get(0)
                .getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec")
                .getAsJsonArray("containers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("env");
        for (JsonElement variable : variables) {
            JsonObject entry = variable.getAsJsonObject();
            environment.put(
                    entry.get("name").getAsString(),
                    entry.has("value") ? entry.get("value").getAsString() : "scheduler-0");
        }
        Map<String, String> settings = new HashMap<>(ResourceLocks.settingsFromEnvironment(environment));
        assertFalse(settings.isEmpty());
        settings.put("leaderelection.kubernetes-lease.url", server.url());
        settings.put("leaderelection.kubernetes-lease.namespace", namespace);
        try (ResourceLock lock = ResourceLocks.open(settings)) {
            assertTrue(lock.describe().contains("Lease " + LEASE + " in namespace " + namespace), lock.describe());
        }
    }
}
