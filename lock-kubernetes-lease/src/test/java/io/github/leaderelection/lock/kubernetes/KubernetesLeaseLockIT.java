package io.github.leaderelection.lock.kubernetes;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.WriteResult;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.KubeEvent;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands in the Lease, for client-go's candidates and for people. */
class KubernetesLeaseLockIT {

    private static final String NAMESPACE = "default";
    private static final Optional<Instant> ACQUIRED = Optional.of(Instant.parse("2026-11-22T07:24:54.924100Z"));
    private static final Optional<Instant> RENEWED = Optional.of(Instant.parse("2026-11-22T07:24:56Z"));

    private final KubeApiServer server = KubeApiServer.shared();
    private final String election = freshElection();
    private final KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder()
            .url(server.url())
            .caFile(server.caFile())
            .token(server.adminToken())
            .labels(Map.of("app", "scheduler"))
            .annotations(Map.of("example.org/owner", "team"))
            .connect();
    private final ResourceLock lock = locks.lock(election, "a");

    @AfterEach
    void close() {
        locks.close();
    }

    private JsonObject stored() {
        return JsonParser.parseString(
                        server.get(NAMESPACE, election).orElseThrow().json())
                .getAsJsonObject();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    /** client-go's LeaseLock: holder, whole seconds, MicroTime with six digits, transitions. */
    @Test
    void whatIsWrittenIsWhatClientGoWrites() {
        written(lock.create(new LeaderElectionRecord("a", Duration.ofSeconds(15), ACQUIRED, RENEWED, 3)));
        JsonObject expected = json("{\"holderIdentity\":\"a\",\"leaseDurationSeconds\":15,"
                + "\"acquireTime\":\"2026-11-22T07:24:54.924100Z\",\"renewTime\":\"2026-11-22T07:24:56.000000Z\","
                + "\"leaseTransitions\":3}");
        assertEquals(expected, stored().getAsJsonObject("spec"));
    }

    /** client-go's release: no holder, one second, transitions kept. */
    @Test
    void aReleasedLeaseIsWhatClientGoLeaves() {
        try (Candidate candidate = new Candidate(lock, Candidate.Timing.QUICK)) {
            candidate.awaitTenure(1);
        }
        JsonObject spec = stored().getAsJsonObject("spec");
        assertEquals("", spec.get("holderIdentity").getAsString());
        assertEquals(1, spec.get("leaseDurationSeconds").getAsInt());
        assertEquals(0, spec.get("leaseTransitions").getAsInt());
        assertEquals(spec.get("acquireTime"), spec.get("renewTime"));
    }

    @Test
    void whatClientGoWroteIsReadAndTakenOverWhenItsLeaseHasRunOut() {
        server.put(NAMESPACE, election, """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s","namespace":"default"},
                 "spec":{"holderIdentity":"go_1","leaseDurationSeconds":2,"acquireTime":"2026-11-22T07:24:54.924100Z",
                 "renewTime":"2026-11-22T07:24:56.000000Z","leaseTransitions":7}}""".formatted(election));
        assertEquals(
                new LeaderElectionRecord("go_1", Duration.ofSeconds(2), ACQUIRED, RENEWED, 7),
                read(lock).orElseThrow().record());
        try (Candidate candidate = new Candidate(lock, Candidate.Timing.QUICK)) {
            candidate.awaitTenure(1);
            assertEquals(
                    8, stored().getAsJsonObject("spec").get("leaseTransitions").getAsInt());
        }
    }

    /** kubectl create -f with nothing but a name, as some installers do. */
    @Test
    void aLeaseWithoutASpecIsOneThatNobodyHolds() {
        server.put(NAMESPACE, election, """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s","namespace":"default"}}""".formatted(election));
        LockVersion bare = read(lock).orElseThrow().version();
        assertEquals("", read(lock).orElseThrow().record().holderIdentity());
        written(lock.update(heldBy("a"), bare));
    }

    @Test
    void labelsAnnotationsAndOwnersOfOthersSurviveAndOursAreAdded() {
        server.put(NAMESPACE, election, """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s","namespace":"default",
                 "labels":{"app":"other","tier":"x"},"annotations":{"example.org/note":"keep"},
                 "finalizers":["example.org/finalizer"]},"spec":{"holderIdentity":"b","leaseDurationSeconds":15}}""".formatted(election));
        Told told = new Told();
        lock.watch(told);
        told.await("b");
        LockVersion seen = read(lock).orElseThrow().version();
        written(lock.update(heldBy("a"), seen));
        JsonObject metadata = stored().getAsJsonObject("metadata");
        assertEquals(json("{\"app\":\"scheduler\",\"tier\":\"x\"}"), metadata.get("labels"));
        assertEquals(
                json("{\"example.org/note\":\"keep\",\"example.org/owner\":\"team\"}"), metadata.get("annotations"));
        assertEquals("[\"example.org/finalizer\"]", metadata.get("finalizers").toString());
        assertTrue(metadata.has("managedFields"));
    }

    @Test
    void aWriteThatChangesNothingMakesAVersionAllTheSame() {
        LockVersion created = written(lock.create(heldBy("a")));
        LockVersion again = written(lock.update(heldBy("a"), created));
        assertTrue(again.order() > created.order());
        LockVersion renewed = written(
                lock.update(new LeaderElectionRecord("a", Duration.ofSeconds(15), ACQUIRED, RENEWED, 0), again));
        assertEquals(WriteResult.conflict(), answer(lock.update(heldBy("a"), again)));
        assertTrue(renewed.order() > again.order());
    }

    /** Pain 18. */
    @Test
    void aWatchThatStandsReadsNothing() {
        Told told = new Told();
        lock.watch(told);
        told.await("nothing");
        Map<String, Long> before = server.requestCounts();
        ResourceLock writer = locks.lock(election, "b");
        LockVersion version = written(writer.create(heldBy("b")));
        for (int i = 0; i < 5; i++) {
            version = written(writer.update(heldBy("b" + i), version));
        }
        told.await("b4");
        Map<String, Long> after = server.requestCounts();
        for (String verb : List.of("GET", "LIST")) {
            assertEquals(before.getOrDefault(verb, 0L), after.getOrDefault(verb, 0L), verb);
        }
    }

    @Test
    void tenuresShowAsEvents() {
        try (Candidate candidate = new Candidate(lock, Candidate.Timing.QUICK)) {
            candidate.awaitTenure(1);
        }
        Eventually.isTrue(
                "there are two events of the election", () -> events().toList().size() == 2);
        assertEquals(
                List.of("LeaderElection: a became leader", "LeaderElection: a stopped leading"),
                events().map(event -> event.reason() + ": " + event.message())
                        .sorted()
                        .toList());
    }

    private Stream<KubeEvent> events() {
        return server.events(NAMESPACE).stream()
                .filter(event -> event.involvedObject().equals(election));
    }

    /** Over HTTP/1.1 a connection takes one request at a time, and a handshake costs more than a turn. */
    @Test
    void hundredsOfRequestsAtOnceShareAFewConnections() {
        try (TcpProxy proxy = TcpProxy.to(server.port());
                KubernetesLeaseLocks locks = KubernetesLeaseLocks.builder()
                        .url("https://127.0.0.1:" + proxy.port())
                        .namespace(NAMESPACE)
                        .token(server.adminToken())
                        .caFile(server.caFile())
                        .connect()) {
            ResourceLock crowd = locks.lock(election, "a");
            List<CompletableFuture<Optional<LockSnapshot>>> reads = IntStream.range(0, 500)
                    .mapToObj(i -> crowd.get().toCompletableFuture())
                    .toList();
            reads.forEach(CompletableFuture::join);
            System.out.println("500 reads at once took " + proxy.acceptedCount() + " connections");
            assertTrue(proxy.acceptedCount() < 100, () -> "connections: " + proxy.acceptedCount());
        }
    }
}
