package io.github.leaderelection.lock.kubernetes;

import com.google.gson.JsonObject;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Events of Kubernetes about a Lease, as {@code kubectl describe lease} shows them. They are sent and forgotten: an election
 * does not depend on them, and a candidate that may not create them is told so once, in the log.
 */
final class LeaseEvents {

    private static final System.Logger LOGGER = System.getLogger("io.github.leaderelection");

    private final KubernetesConnection connection;
    private final LeasePaths paths;
    private final String place;
    private final AtomicBoolean complained = new AtomicBoolean();

    LeaseEvents(KubernetesConnection connection, LeasePaths paths, String place) {
        this.connection = connection;
        this.paths = paths;
        this.place = place;
    }

    void post(String message) {
        String body = document(message).toString();
        try {
            connection.requestTurns().takeLast(() -> sendInTurn(body));
        } catch (RejectedExecutionException connectionClosed) {
            return; // an event that nobody can send any more
        }
    }

    private void sendInTurn(String body) {
        send(body).whenComplete((answered, error) -> connection.requestTurns().giveBack());
    }

    /** Runs on a thread that sends; what the client throws is no concern of the election's. */
    private CompletableFuture<?> send(String body) {
        if (connection.pauseNanos() > 0) {
            return CompletableFuture.completedFuture(null); // the API server has asked for less to do
        }
        HttpRequest request = connection
                .request(paths.events())
                .method("POST", "application/json", body)
                .build();
        try {
            return connection.client().sendAsync(request, byte[].class).whenComplete((response, error) -> {
                if (error != null) {
                    complain(error.toString());
                } else if (!response.isSuccessful()) {
                    Reply reply = new Reply(response.code(), response.body());
                    complain(reply.code() + " '" + reply.message() + "'");
                }
            });
        } catch (RuntimeException unsent) {
            complain(unsent.toString());
            return CompletableFuture.completedFuture(null);
        }
    }

    private void complain(String detail) {
        boolean first = complained.compareAndSet(false, true);
        LOGGER.log(
                first ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
                () -> place + ": an event could not be created: " + detail
                        + "; the election goes on; to have events, grant the verb 'create' on resource 'events'");
    }

    private JsonObject document(String message) {
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        JsonObject metadata = new JsonObject();
        metadata.addProperty("generateName", paths.lease() + ".");
        metadata.addProperty("namespace", paths.namespace());
        JsonObject about = new JsonObject();
        about.addProperty("apiVersion", "coordination.k8s.io/v1");
        about.addProperty("kind", "Lease");
        about.addProperty("name", paths.lease());
        about.addProperty("namespace", paths.namespace());
        JsonObject source = new JsonObject();
        source.addProperty("component", "leaderelection");
        JsonObject event = new JsonObject();
        event.addProperty("apiVersion", "v1");
        event.addProperty("kind", "Event");
        event.add("metadata", metadata);
        event.add("involvedObject", about);
        event.add("source", source);
        event.addProperty("type", "Normal");
        event.addProperty("reason", "LeaderElection");
        event.addProperty("message", message);
        event.addProperty("firstTimestamp", time);
        event.addProperty("lastTimestamp", time);
        event.addProperty("count", 1);
        return event;
    }
}
