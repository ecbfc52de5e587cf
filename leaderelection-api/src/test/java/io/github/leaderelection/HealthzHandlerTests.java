package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over real HTTP, as a probe would ask. */
class HealthzHandlerTests {

    private final FakeElector elector = new FakeElector();
    private HttpServer server;

    HealthzHandlerTests() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        HealthzAdaptor adaptor = new HealthzAdaptor(Duration.ZERO);
        adaptor.setLeaderElection(elector);
        server.createContext("/healthz", new HealthzHandler(adaptor));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HttpResponse<String> ask(String method) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/healthz");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void aHealthyElectorAnswersOk() throws Exception {
        HttpResponse<String> answer = ask("GET");

        assertEquals(200, answer.statusCode());
        assertEquals("ok", answer.body());
        assertEquals(Optional.of("text/plain; charset=utf-8"), answer.headers().firstValue("Content-Type"));
    }

    @Test
    void anIllElectorAnswersWithWhatIsWrong() throws Exception {
        elector.illness = Optional.of(new LeaseExpiredException("the lease ran out 30s ago"));

        HttpResponse<String> answer = ask("GET");

        assertEquals(500, answer.statusCode());
        assertEquals("leaderElection failed: the lease ran out 30s ago\n", answer.body());
    }

    @Test
    void eachRequestAsksAnew() throws Exception {
        elector.illness = Optional.of(new LeaseExpiredException("the lease ran out 30s ago"));
        assertEquals(500, ask("GET").statusCode());
        elector.illness = Optional.empty();
        assertEquals(200, ask("GET").statusCode());
    }

    @Test
    void aHeadRequestIsAnsweredWithoutABody() throws Exception {
        HttpResponse<String> healthy = ask("HEAD");
        elector.illness = Optional.of(new LeaseExpiredException("the lease ran out 30s ago"));
        HttpResponse<String> ill = ask("HEAD");

        assertEquals(200, healthy.statusCode());
        assertEquals(500, ill.statusCode());
        assertEquals("", healthy.body() + ill.body());
    }

    @Test
    void otherMethodsAreRefusedAndDoNotAskTheElector() throws Exception {
        HttpResponse<String> answer = ask("POST");

        assertEquals(405, answer.statusCode());
        assertEquals(Optional.of("GET, HEAD"), answer.headers().firstValue("Allow"));
        assertEquals(0, elector.checks.size());
    }
}
