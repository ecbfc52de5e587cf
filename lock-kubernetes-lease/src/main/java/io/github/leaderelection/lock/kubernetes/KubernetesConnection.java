package io.github.leaderelection.lock.kubernetes;

import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.github.leaderelection.lock.support.LockPool;
import io.github.leaderelection.lock.support.LockThread;
import io.github.leaderelection.lock.support.Turns;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What the locks of one {@link KubernetesLeaseLocks} share: fabric8's HTTP client, one thread that keeps their deadlines and
 * runs their watches, and two that send.
 *
 * <p>Sending is not done on the caller's thread, because the client may have to fetch a token first: from a file, or with a
 * program that a kubeconfig names.
 */
final class KubernetesConnection implements AutoCloseable {

    private static final int SENDER_COUNT_MAX = 2;
    private static final int REQUEST_COUNT_MAX = 32;
    /** Streams that are being opened. */
    private static final int OPENING_COUNT_MAX = 8;
    /** Streams that may be opened one right after the other; more wait, as each of them is a handshake. */
    private static final int OPENING_BURST = 50;

    private static final long OPENING_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** No server keeps us waiting for longer, whatever it asks for. */
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

    private final HttpClient client;
    private final String url;
    private final boolean owned;
    private final Duration requestTimeout;
    private final LockPool senders;
    private final Turns requestTurns;
    private final Turns openingTurns;
    private final Pace openingPace = new Pace(OPENING_BURST, OPENING_INTERVAL_NANOS, System::nanoTime);
    private final LockThread thread = new LockThread("leaderelection-kubernetes");
    private final AtomicLong pausedUntilNanos = new AtomicLong(System.nanoTime());

    private KubernetesConnection(
            HttpClient client, String url, boolean owned, Duration requestTimeout, LockPool senders) {
        this.client = client;
        this.url = url.replaceFirst("/+$", "");
        this.owned = owned;
        this.requestTimeout = requestTimeout;
        this.senders = senders;
        this.requestTurns = new Turns(senders, senders, REQUEST_COUNT_MAX);
        this.openingTurns = new Turns(senders, senders, OPENING_COUNT_MAX);
    }

    /** Over a client of its own, which is made for the threads that it gets. */
    static KubernetesConnection owning(Function<Executor, HttpClient> client, String url, Duration requestTimeout) {
        LockPool senders = newSenders();
        return new KubernetesConnection(client.apply(senders), url, true, requestTimeout, senders);
    }

    /** Over the user's client, which is not closed. Its retries are left out: a write must not be sent twice. */
    static KubernetesConnection borrowing(HttpClient client, String url, Duration requestTimeout) {
        HttpClient once = client.newBuilder()
                .tag(new RequestConfigBuilder().withRequestRetryBackoffLimit(0).build())
                .build();
        return new KubernetesConnection(once, url, false, requestTimeout, newSenders());
    }

    private static LockPool newSenders() {
        return new LockPool("leaderelection-kubernetes-http", SENDER_COUNT_MAX);
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    LockThread thread() {
        return thread;
    }

    /** For what sends a request: a turn lasts until that is answered. */
    Turns requestTurns() {
        return requestTurns;
    }

    /** For what opens a stream: a turn lasts until that stands. */
    Turns openingTurns() {
        return openingTurns;
    }

    /** How often streams are opened. */
    Pace openingPace() {
        return openingPace;
    }

    HttpClient client() {
        return client;
    }

    /** A request that may be answered until the request timeout is over. */
    HttpRequest.Builder request(String path) {
        return client.newHttpRequestBuilder()
                .uri(url + path)
                .header("Accept", "application/json")
                .timeout(requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes in that the API server asked for a pause. */
    void pause(Duration asked) {
        Duration granted = asked.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : asked;
        long until = System.nanoTime() + granted.toNanos();
        pausedUntilNanos.accumulateAndGet(until, (one, other) -> one - other > 0 ? one : other);
    }

    /** How much is left of a pause; not positive if nothing is. */
    long pauseNanos() {
        return pausedUntilNanos.get() - System.nanoTime();
    }

    /** Ends the client if it is our own, and the threads, after what is queued now. Idempotent. */
    @Override
    public void close() {
        thread.run(() -> {
            if (owned) {
                client.close();
            }
            senders.close();
        });
        thread.close();
    }
}
