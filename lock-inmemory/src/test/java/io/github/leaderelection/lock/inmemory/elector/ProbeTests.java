package io.github.leaderelection.lock.inmemory.elector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.leaderelection.HealthzAdaptor;
import io.github.leaderelection.HealthzHandler;
import io.github.leaderelection.LeaseExpiredException;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeTests {

    private static final Duration TOLERATED = Duration.ofSeconds(20);

    @AutoClose
    private final Arena arena = new Arena();

    private final HealthzAdaptor adaptor = new HealthzAdaptor(TOLERATED);
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server;

    ProbeTests() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void serve() {
        server.createContext("/healthz", new HealthzHandler(adaptor));
        server.start();
    }

    @AfterEach
    void stopServing() {
        server.stop(0);
    }

    private HttpResponse<String> probe() throws Exception {
        URI healthz = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/healthz");
        return client.send(HttpRequest.newBuilder(healthz).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void assertHealthy() throws Exception {
        adaptor.check();
        assertEquals(200, probe().statusCode());
    }

    @Test
    void candidatesAndLeadersAreHealthy() throws Exception {
        assertHealthy();
        Candidate a = arena.candidate("a", config -> config.watchDog(adaptor));
        assertHealthy();
        Candidate b = arena.candidate("b").startAndLead();
        a.start();
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertHealthy();
        Await.result(b.closing());
        arena.await("a leads", a.elector::isLeader);
        arena.walk(Arena.LEASE.multipliedBy(2));
        assertHealthy();
        Await.result(a.closing());
        assertHealthy();
    }

    @Test
    void workThatOutlivesItsLeaseIsUnhealthyUntilItEnds() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Candidate a = arena.candidate("a", config -> config.watchDog(adaptor));
        a.tape.whenStarted = leadership -> Stubborn.await(end);
        a.startAndLead();
        a.faults.untilHealed(InMemoryFault.refuse());
        arena.walk(Arena.LEASE.plus(TOLERATED));
        assertHealthy();
        arena.walk(Arena.RETRY.plusSeconds(1)); // the last renewal was sent up to a retry period after that walk began
        LeaseExpiredException expired = assertThrows(LeaseExpiredException.class, adaptor::check);
        assertTrue(String.valueOf(expired.getMessage()).contains("a"), expired::getMessage);
        HttpResponse<String> unhealthy = probe();
        assertEquals(500, unhealthy.statusCode());
        assertTrue(unhealthy.body().startsWith("leaderElection failed: "), unhealthy.body());
        end.countDown();
        arena.await("the work has ended", () -> a.tape.stops() == 1);
        arena.await("a is healthy", () -> isHealthy());
        assertHealthy();
        a.faults.heal();
        arena.walkUntil("a leads again", a.elector::isLeader);
        assertHealthy();
    }

    /** A drain is no lapse: the lease is renewed while the work ends. */
    @Test
    void workThatDrainsInItsLeaseIsHealthy() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Candidate a = arena.candidate("a", config -> config.watchDog(adaptor));
        a.tape.whenStopped = ended -> Stubborn.await(end);
        a.startAndLead();
        a.elector.stepDown();
        arena.walk(Arena.LEASE.plus(TOLERATED).multipliedBy(2));
        assertHealthy();
        end.countDown();
    }

    private boolean isHealthy() {
        try {
            adaptor.check();
            return true;
        } catch (LeaseExpiredException unhealthy) {
            return false;
        }
    }
}
